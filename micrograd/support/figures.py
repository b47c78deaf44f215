"""matplotlib Figures that show themselves in a notebook."""

ORANGE, BLUE = "#d55e00", "#0072b2"  # from Okabe and Ito's palette, told apart by everyone


def blank(width: float, height: float):
    """An empty matplotlib Figure of so many inches, which notebooks show."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure._repr_png_ = lambda: png(figure)
    return figure


def png(figure, dpi: int = 150) -> bytes:
    """The PNG of a matplotlib Figure; the same figure gives the same bytes."""
    import io

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi, metadata={"Software": None})
    return out.getvalue()
