//! Shapes in words, as messages name them.

use congruent_dims::Dim;

/// `Batch = 3`, or `D<4>` when the name says the size.
pub(super) fn axis_text<A: Dim>(axis: A) -> String {
    let name = A::name();
    if name.contains('<') { name } else { format!("{name} = {}", axis.size()) }
}

/// Axes as Rust writes a tuple.
pub(super) fn describe(axes: &[String]) -> String {
    match axes {
        [axis] => format!("({axis},)"),
        axes => format!("({})", axes.join(", ")),
    }
}
