// A canvas as a component: sharp on every screen, and painted again for each frame.
// Rule: `draw(context, width, height, colours)` paints everything, in CSS pixels.
import { html, useEffect, useRef } from "./vendor/standalone.module.js";
import { theme } from "./colours.mjs";
import { onPaint, repaint } from "./store.mjs";

/** A picture with a name for those who cannot see it; other properties go to the element. */
export function Canvas({ draw, label, ...more }) {
  const element = useRef(null);
  const drawing = useRef(draw);
  drawing.current = draw;
  const paint = useRef(() => element.current && paintOn(element.current, drawing.current)).current;
  useEffect(() => {
    const observer = new ResizeObserver(() => repaint(paint));
    observer.observe(element.current);
    const end = onPaint(paint);
    return () => {
      observer.disconnect();
      end();
    };
  }, []);
  useEffect(() => repaint(paint));
  return html`<canvas ref=${element} role="img" aria-label=${label} ...${more}></canvas>`;
}

function paintOn(canvas, draw) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  const ratio = devicePixelRatio || 1;
  const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== tall) {
    canvas.width = wide;
    canvas.height = tall;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context, width, height, theme());
}
