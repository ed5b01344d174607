//! What can be wrong, with the numbers inside.
//!
//! Apart from its way to the caller: these are values.

use crate::dtype::{Elem, Undefined};
use crate::files::error::FileError;
use crate::shape::cuts::Outside;
use crate::shape::{Mismatch, Shape};

/// What can go wrong while tensors are built, computed, trained, loaded or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A slice, vector or iterator does not have the shape's number of elements.
    #[error("shape {shape} holds {wanted} elements, got {found}")]
    Length {
        /// The shape with its sizes.
        shape: String,
        /// Elements of the shape.
        wanted: usize,
        /// Elements given.
        found: usize,
    },
    /// Run-time sizes that had to be equal differ.
    #[error(transparent)]
    Sizes(#[from] Mismatch),
    /// A run-time shape that is not the one the types ask for.
    #[error("the data has shape {found:?}, the type wants {wanted}")]
    Shape {
        /// Sizes of the data.
        found: Vec<usize>,
        /// The type, with its sizes.
        wanted: String,
    },
    /// More than the address space holds, or than the system gives.
    #[error("a tensor of shape {shape} {}", excess(*bytes))]
    TooLarge {
        /// The shape with its sizes.
        shape: String,
        /// The memory that it takes, where the number of its elements fits a `usize`.
        bytes: Option<u128>,
    },
    /// A label outside of the classes.
    #[error("label {label} at position {position} is not one of the {classes} classes 0..{classes}")]
    Label {
        /// The label.
        label: i64,
        /// Where it stands, counted in row-major order.
        position: usize,
        /// The number of classes.
        classes: usize,
    },
    /// An index outside of an axis.
    #[error("index {index} at position {position} is outside of an axis of length {len}")]
    Index {
        /// The index.
        index: i64,
        /// Where it stands, counted in row-major order.
        position: usize,
        /// The axis length.
        len: usize,
    },
    /// A slice that an axis does not have.
    #[error(transparent)]
    Slice(#[from] Outside),
    /// A window that is longer than an axis with what is around it, that does not move or has nothing to move: no
    /// elements, or all in one place. Also what would be longer than any `usize`.
    #[error("window {window} (stride {stride}, padding {padding}) does not fit an axis of length {len}")]
    Window {
        /// From the first element of the window to behind its last one.
        window: usize,
        /// From one place to the next.
        stride: usize,
        /// Places at both ends.
        padding: usize,
        /// The axis length.
        len: usize,
    },
    /// A data set, or a part of it, without examples.
    #[error("{what} is empty")]
    Empty {
        /// What has no elements.
        what: String,
    },
    /// A number that makes no sense where it stands, such as a batch size of 0.
    #[error("{what}: {found} is not allowed, {rule}")]
    Value {
        /// The quantity.
        what: &'static str,
        /// What was given.
        found: String,
        /// What is allowed.
        rule: &'static str,
    },
    /// Integers that have no result: a division by 0, a negative power.
    #[error("{what}, at index {index:?} of shape {shape}")]
    Undefined {
        /// What has no result.
        what: &'static str,
        /// The first element of the result that is concerned.
        index: Vec<usize>,
        /// The shape of the result.
        shape: String,
    },
    /// A value that another element type does not hold exactly.
    #[error("{value} at index {index:?} is {} `{from}` and no `{to}`", article(from))]
    Conversion {
        /// The value.
        value: String,
        /// Where it stands.
        index: Vec<usize>,
        /// Its element type.
        from: &'static str,
        /// The element type that was wanted.
        to: &'static str,
    },
    /// A loss that no parameter of the model takes part in: it is made of constants, or all ways to it are cut.
    #[error("the loss depends on no parameter of the model: constants, `eval` and `stop_gradient` have no gradient")]
    NoGradient,
    /// A step that draws random numbers and was given no key.
    #[error("this model draws random numbers in training: run the step inside `with_key(key, || ..)`")]
    NoKey,
    /// A parameter or shared value where it does not exist.
    #[error("{what} was used {place}")]
    Escaped {
        /// What was used.
        what: &'static str,
        /// Where it was used.
        place: &'static str,
    },
    /// Parameters that a training step has read by `eval`, or by what else passes no gradient on, and that no gradient
    /// reaches.
    #[error(
        "no gradient reaches {}: it was read by what passes none on (`.eval()`, the bias of an attention, a cache of \
         keys); keep a value by `.with(|x| ..)`, or say that this is meant by `.stop_gradient()`",
        parameters.join(", ")
    )]
    Cut {
        /// Their names.
        parameters: Vec<String>,
    },
    /// A batch that a data set could not make.
    #[error("batch {number}: {cause}")]
    NoBatch {
        /// The number of the batch in its epoch, from 0.
        number: usize,
        /// What the data set said.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A training that has come to numbers that are infinite or NaN.
    #[error("epoch {epoch}, batch {batch}: {what}")]
    NotFinite {
        /// The number of the epoch, from 0.
        epoch: u64,
        /// The number of the batch in it, from 0.
        batch: usize,
        /// The loss, and the first parameter or gradient that is not finite, by its name.
        what: String,
    },
    /// Memory of one device where that of another one was asked for.
    #[error("a buffer of {len} elements is no memory of {device}")]
    Foreign {
        /// The number of its elements.
        len: usize,
        /// The device whose memory was asked for.
        device: String,
    },
    /// A device that is not there, is full or failed.
    #[cfg(feature = "cuda")]
    #[error(transparent)]
    Device(#[from] super::device::DeviceError),
    /// A file that could not be read, written or understood.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Error {
    #[cold]
    pub(crate) fn too_large<S: Shape>(shape: S) -> Self {
        Error::TooLarge { shape: shape.describe(), bytes: None }
    }

    /// There is no memory for so many elements.
    #[cold]
    pub(crate) fn no_room(len: usize, size: usize) -> Self {
        Error::TooLarge { shape: format!("({len},)"), bytes: Some(len as u128 * size as u128) }
    }

    /// The element at this position, counted in row-major order, has no value.
    #[cold]
    pub(crate) fn undefined<S: Shape>(reason: Undefined, position: usize, shape: S) -> Self {
        Error::Undefined { what: reason.words(), index: index(shape, position), shape: shape.describe() }
    }

    /// The value at this position, counted in row-major order, is no `To`.
    #[cold]
    pub(crate) fn conversion<S: Shape, From: Elem, To: Elem>(value: From, position: usize, shape: S) -> Self {
        let (value, index) = (value.to_string(), index(shape, position));
        Error::Conversion { value, index, from: From::NAME, to: To::NAME }
    }

    /// A buffer that is not the device's.
    #[cold]
    pub(crate) fn foreign(len: usize, device: impl std::fmt::Debug) -> Self {
        Error::Foreign { len, device: format!("{device:?}") }
    }

    #[cold]
    pub(crate) fn length<S: Shape>(shape: S, found: usize) -> Self {
        Error::Length { shape: shape.describe(), wanted: shape.len(), found }
    }
}

/// The index on each axis of an element by its position in row-major order.
fn index<S: Shape>(shape: S, position: usize) -> Vec<usize> {
    let (mut index, mut rest) = (shape.dims().to_vec(), position);
    for place in index.iter_mut().rev() {
        let size = (*place).max(1);
        (*place, rest) = (rest % size, rest / size);
    }
    index
}

/// Why memory is too large.
fn excess(bytes: Option<u128>) -> String {
    match bytes {
        None => "has more elements than the address space holds".into(),
        Some(bytes) => format!("takes {bytes} bytes, more than the system gives"),
    }
}

/// The article of an element type: an `i64`, a `u8`.
fn article(name: &str) -> &'static str {
    if name.starts_with(['i', 'f']) { "an" } else { "a" }
}
