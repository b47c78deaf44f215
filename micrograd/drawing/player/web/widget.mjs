// The player in a notebook: when a leaf moves here, it moves in Python, and the other way round.
// Rule: anywidget calls `render`. The traits are `drawing`, `page` and `leaves`, a list of numbers.
import { h } from "./controls.mjs";
import { player } from "./player.mjs";

export default {
  render({ model, el }) {
    const root = h("div", { className: "player" });
    const region = { className: "stage", role: "region", tabIndex: 0, ariaLabel: "the graph" };
    const stage = h("div", region);
    stage.innerHTML = model.get("drawing");
    root.append(stage);
    el.append(root);
    const page = model.get("page");
    const leaves = page.nodes.flatMap((node, i) => (node.op ? [] : [i]));
    const onLeafMoved = (i, number) => {
      const numbers = [...model.get("leaves")];
      numbers[leaves.indexOf(i)] = number;
      model.set("leaves", numbers);
      model.save_changes();
    };
    const { setLeaf } = player(root, page, rows, { onLeafMoved });
    const onLeavesChanged = () =>
      model.get("leaves").forEach((x, k) => setLeaf(leaves[k], Number(x), false));
    model.on("change:leaves", onLeavesChanged);
    onLeavesChanged();
    return () => model.off("change:leaves", onLeavesChanged);
  },
};
