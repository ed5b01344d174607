//! Errors that only a run can show: sizes, labels and indices that come from data, and files.
//!
//! Apart from the modules that find them, because a graph is built by infallible operators: what they find travels to
//! the nearest call that returns a `Result` ([`value_and_grad`](crate::model::Train::value_and_grad),
//! [`infer`](crate::model::Train::infer), [`attempt`]).

mod crossed;
mod room;

pub(crate) use room::{collected, room, try_room};

use crate::dtype::{Elem, Undefined};
use crate::files::error::FileError;
use crate::shape::slice::Outside;
use crate::shape::{Mismatch, Shape};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind, panic_any, resume_unwind};

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
    /// A slice that reaches outside of an axis.
    #[error(transparent)]
    Slice(#[from] Outside),
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
    /// Parameters that a training step has read by `eval`, and that no gradient reaches.
    #[error(
        "no gradient reaches {}: it was read by `.eval()`, through which none flows; keep the value by \
         `.with(|x| ..)`, or say that this is meant by `.stop_gradient().eval()`",
        parameters.join(", ")
    )]
    Cut {
        /// Their names.
        parameters: Vec<String>,
    },
    /// Memory of one device where that of another one was asked for.
    #[error("a buffer of {len} elements is no memory of {device}")]
    Foreign {
        /// The number of its elements.
        len: usize,
        /// The device whose memory was asked for.
        device: String,
    },
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

thread_local! {
    /// How many calls that return a `Result` are waiting for an error on this thread.
    static LISTENING: Cell<usize> = const { Cell::new(0) };
}

/// Runs `build` and returns the error that an operator inside it found, if any.
///
/// Operators cannot return a `Result`: `&x + &y` of two run-time batches of different size stops the closure, and the
/// error comes out here. Outside of such a call the same error is a panic with the same words (as it is under
/// `panic = "abort"`).
///
/// The call is of its thread. On other threads that `build` starts an error is such a panic at first; it comes out
/// here, too, where its payload does: rayon hands it over, `JoinHandle::join` returns it for
/// [`resume_unwind`](std::panic::resume_unwind), but a scope whose threads are not joined panics with words of its own.
/// An `attempt` for each piece of work prints nothing and says which one failed:
///
/// ```
/// use congruent::{Error, attempt, prelude::*};
/// use rayon::prelude::*;
/// dims! { Batch = ? }
/// let x = Cpu.full((Batch(3),), 1.0f32);
/// let sums = [3, 4, 5].into_par_iter().map(|size| attempt(|| (&x + &Cpu.full((Batch(size),), 1.0f32)).eval()));
/// let sums: Vec<Result<_, Error>> = sums.collect();
/// assert_eq!(sums.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false]);
/// ```
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ? }
/// let (x, y) = (Cpu.full((Batch(3),), 1.0f32), Cpu.full((Batch(4),), 1.0f32));
/// let error = congruent::attempt(|| (&x + &y).eval()).unwrap_err();
/// assert!(error.to_string().contains("Batch = 3"));
/// ```
pub fn attempt<T>(build: impl FnOnce() -> T) -> Result<T, Error> {
    let listening = Listening::new(true);
    let result = catch(AssertUnwindSafe(build));
    drop(listening);
    result.map_err(|payload| match payload.downcast::<Error>() {
        Ok(error) => *error,
        // What is no error of ours is a bug: let it pass.
        Err(other) => crossed::error(other).unwrap_or_else(|other| resume_unwind(other)),
    })
}

/// While it lives, errors of this thread unwind to whoever catches them; or not.
struct Listening(usize);

impl Listening {
    fn new(more: bool) -> Self {
        let before = LISTENING.get();
        LISTENING.set(before + usize::from(more));
        Listening(before)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENING.set(self.0);
    }
}

/// Whether errors of this thread are caught by an [`attempt`].
pub(crate) fn is_heard() -> bool {
    LISTENING.get() > 0
}

/// Runs a piece of work for a thread whose errors are caught, or not, on whichever thread it is on.
pub(crate) fn heard_there<T>(heard: bool, work: impl FnOnce() -> T) -> T {
    let _listening = Listening::new(heard);
    work()
}

fn catch<T>(build: impl FnOnce() -> T + UnwindSafe) -> std::thread::Result<T> {
    catch_unwind(build)
}

/// Stops the closure of the nearest [`attempt`] with this error; panics with its words where there is none.
#[cold]
#[track_caller]
pub(crate) fn raise(error: Error) -> ! {
    let heard = cfg!(panic = "unwind") && is_heard();
    if heard { resume_unwind(Box::new(error)) } else { panic_any(crossed::words(error)) }
}

/// [`raise`] for sizes that only the run knows. Compiled once: every operation of two tensors may end here.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn differ(mismatch: Mismatch) -> ! {
    raise(mismatch.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> Error {
        Error::Empty { what: "the data set".into() }
    }

    #[test]
    fn an_error_reaches_the_nearest_attempt() {
        let outer: Result<i32, Error> = attempt(|| {
            assert!(matches!(attempt(|| -> i32 { raise(empty()) }), Err(Error::Empty { .. })));
            7
        });
        assert_eq!(outer.unwrap(), 7);
    }

    #[test]
    fn outside_it_is_a_panic_with_the_same_words() {
        let panic = std::thread::spawn(|| raise(empty())).join().err().and_then(|p| p.downcast::<String>().ok());
        assert_eq!(panic.map(|words| *words).as_deref(), Some("the data set is empty"));
    }

    #[test]
    fn other_panics_pass_through() {
        let through = std::thread::spawn(|| drop(attempt(|| panic!("bug")))).join();
        assert!(through.is_err());
    }
}
