//! Laws of equality: two dims, or two shapes, that must be one type.
//!
//! Apart from the operations because an equality is the same fact everywhere; only what the compiler says of a breach
//! differs.

use super::Shape;
use congruent_dims::Dim;

/// What nothing is equal to by accident: the second impl of each equality law.
///
/// With a single candidate the compiler would unify the two sides first and report mismatched types, not our text.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Never {}

/// The same again, for laws over several types whose own impls leave one candidate.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

/// Equality of two types without words of its own, for the laws that have them.
#[doc(hidden)]
pub trait Exactly<T> {}
#[diagnostic::do_not_recommend]
impl<T: PartialEq> Exactly<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: PartialEq> Exactly<Never> for T {}

macro_rules! equality {
    ($($(#[$meta:meta])* $law:ident for $bound:ident;)*) => {$(
        $(#[$meta])*
        pub trait $law<Rhs> {}
        #[diagnostic::do_not_recommend]
        impl<T: $bound> $law<T> for T {}
        #[diagnostic::do_not_recommend]
        impl<T: $bound> $law<Never> for T {}
    )*};
}

equality! {
    /// The inner dimension of a product: what the left has in columns, the right must have in rows.
    #[diagnostic::on_unimplemented(
        message = "matmul: inner dimensions differ: left has `{Self}` columns, right has `{Rhs}` rows",
        label = "left is [.., {Self}], right is [{Rhs}, ..]",
        note = "`a.matmul(b)` takes a: [M, K] and b: [K, N] and gives [M, N]"
    )]
    InnerDim for Dim;

    /// What scores are products over: a key has as many elements as a query.
    #[diagnostic::on_unimplemented(
        message = "attention: queries have `{Self}` elements, keys have `{Rhs}`",
        label = "queries are [.., {Self}], keys [.., {Rhs}]",
        note = "`q.attention(k, v)` takes q: [.., N, K], k: [.., M, K] and v: [.., M, V] and gives [.., N, V]"
    )]
    KeyWidth for Dim;

    /// A value for each key.
    #[diagnostic::on_unimplemented(
        message = "attention: there are `{Self}` keys and `{Rhs}` values",
        label = "keys are [.., {Self}, K] and values [.., {Rhs}, V]",
        note = "`q.attention(k, v)` takes q: [.., N, K], k: [.., M, K] and v: [.., M, V] and gives [.., N, V]"
    )]
    EachKey for Dim;

    /// Values in the heads of their keys.
    #[diagnostic::on_unimplemented(
        message = "attention: keys have the heads `{Self}`, values `{Rhs}`",
        label = "the axes before the last two differ",
        note = "`q.attention(k, v)` takes q: [.., N, K], k: [.., M, K] and v: [.., M, V] and gives [.., N, V]"
    )]
    ValueHeads for Shape;

    /// Indices along each axis of a shape: as many as it has axes.
    #[diagnostic::on_unimplemented(
        message = "ravel_multi_index: the shape has `{Rhs}` axes, the last axis holds `{Self}` indices",
        label = "expected `[.., {Rhs}]`: an index for each axis of the shape, side by side",
        note = "indices that lie in tensors of their own are put side by side by `[&i, &j].stack::<-1>()`"
    )]
    Coordinates for Dim;

    /// A list that says something of each slice along an axis: a count, a group.
    #[diagnostic::on_unimplemented(
        message = "the axis has `{Self}` slices, the list `{Rhs}` numbers",
        label = "one number for each slice is needed here"
    )]
    EachSlice for Dim;

    /// A function that is given by points: a value for each.
    #[diagnostic::on_unimplemented(
        message = "there are `{Self}` points and `{Rhs}` values",
        label = "one value for each point is needed here"
    )]
    EachPoint for Dim;

    /// The width of a layer: its declared input features must be the last axis of what it is given.
    #[diagnostic::on_unimplemented(
        message = "this layer takes `{Self}` input features, the tensor has `{Rhs}`",
        label = "the last axis is `{Rhs}`, the layer was declared with `{Self}`"
    )]
    InFeatures for Dim;

    /// The channels of a convolution or of a norm: those that it was made for, in all groups, are axis 1 of what it is
    /// given.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` input channels are wanted, the tensor has `{Rhs}`",
        label = "axis 1 is `{Rhs}`, not `{Self}`",
        note = "pictures are (batch, channels, height, width), \
                weights of convolutions (outputs, inputs / groups, height, width)"
    )]
    InChannels for Dim;

    /// The channels of a transposed convolution: those of axis 0 of its weight are axis 1 of what it is given.
    #[diagnostic::on_unimplemented(
        message = "this transposed convolution takes `{Self}` input channels, the tensor has `{Rhs}`",
        label = "axis 1 is `{Rhs}`, the weight takes `{Self}`",
        note = "pictures are (batch, channels, height, width), weights (inputs, outputs / groups, height, width)"
    )]
    TransposedChannels for Dim;

    /// The kernel of a convolution: the last axes of its weight have the sizes that it slides by.
    #[diagnostic::on_unimplemented(
        message = "the kernel of the weight is `{Self}`, the convolution was given one of `{Rhs}`",
        label = "the last axes of the weight are `{Self}`",
        note = "`x.conv2d(&weight, Filter::<3, 1, 1>)` has a weight `(O, I, 3, 3)`, moves by 1, with 1 zero around"
    )]
    FilterSizes for Shape;

    /// Patches that are folded: as many as the filter has places on the pictures that come out.
    #[diagnostic::on_unimplemented(
        message = "fold: the filter comes to `{Self}` places, there are `{Rhs}` patches",
        label = "the last axis of patches is `{Rhs}`, not `{Self}`",
        note = "the sizes are those of the picture, not of the places; where only the run knows them: `fold2d_as`"
    )]
    FoldedPlaces for Dim;

    /// Pictures and the grids at whose places they are sampled: one for each.
    #[diagnostic::on_unimplemented(
        message = "grid_sample: there are `{Self}` pictures and `{Rhs}` grids",
        label = "one grid for each picture is needed here",
        note = "one grid for all pictures is stretched first: `grid.expand(shape)`"
    )]
    GridBatch for Dim;

    /// One label for each row of logits.
    #[diagnostic::on_unimplemented(
        message = "one label per row is needed: the logits have `{Self}` rows, the labels `{Rhs}`",
        label = "the labels have another shape than the rows"
    )]
    SameRows for Shape;

    /// Classes that are counted, and logits of as many.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` classes are counted, the logits have `{Rhs}`",
        label = "the last axis of the logits is `{Rhs}`, not `{Self}`"
    )]
    CountedClasses for Dim;

    /// A length for each sequence of a recurrent layer's input.
    #[diagnostic::on_unimplemented(
        message = "one length per sequence is needed: the input has `{Self}` sequences, the lengths are `{Rhs}`",
        label = "the lengths have another shape than the axes before that of time"
    )]
    EachSequence for Shape;

    /// A list of labels for each sequence.
    #[diagnostic::on_unimplemented(
        message = "one list of labels per sequence is needed: the input has `{Self}` sequences, the labels `{Rhs}`",
        label = "the labels are (batch, labels), with the batch of the input"
    )]
    EachTranscript for Shape;

    /// Two inputs of one layer, row by row.
    #[diagnostic::on_unimplemented(
        message = "the inputs of this layer belong together: the first has `{Self}` rows, the second `{Rhs}`",
        label = "before the features both have the same axes"
    )]
    EachPair for Shape;

    /// The body of `share` keeps the shape of the shared value.
    #[diagnostic::on_unimplemented(
        message = "share: the value has shape `{Rhs}`, the body gives `{Self}`",
        label = "the body has another shape than the shared value",
        note = "a register holds one element at a time; where the body broadcasts or reduces, \
                share the tensor by `with`"
    )]
    BodyShape for Shape;

    /// Two tensors of one shape, where nothing broadcasts.
    #[diagnostic::on_unimplemented(
        message = "shapes differ: `{Self}` and `{Rhs}`",
        label = "both must have one shape",
        note = "nothing broadcasts here; a column of one becomes a vector by `x.squeeze::<-1>()`, a vector a column by \
                `x.unsqueeze::<-1>()`; what should broadcast is stretched first: `x.expand(shape)`"
    )]
    SameShape for Shape;
}
