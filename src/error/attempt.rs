//! From the operator that finds an error to the nearest call that returns a `Result`.
//!
//! Apart from the errors because which of them it is does not matter here.

use super::crossed;
use super::kinds::Error;
use crate::shape::Mismatch;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind, panic_any, resume_unwind};

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
/// Where `build` itself waits for rayon, tasks of others that rayon lets the thread do meanwhile count as its own.
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
    let listening = Listening::of(LISTENING.get() + 1);
    let result = catch(AssertUnwindSafe(build));
    drop(listening);
    result.map_err(|payload| match payload.downcast::<Error>() {
        Ok(error) => *error,
        // What is no error of ours is a bug: let it pass.
        Err(other) => crossed::error(other).unwrap_or_else(|other| resume_unwind(other)),
    })
}

/// While it lives, errors of this thread unwind to so many who catch them.
pub(crate) struct Listening(usize);

impl Listening {
    fn of(count: usize) -> Self {
        Listening(LISTENING.replace(count))
    }

    /// Nobody: what runs on the thread is a stranger's.
    pub(crate) fn none() -> Self {
        Self::of(0)
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
    let _listening = Listening::of(usize::from(heard));
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

/// The value, or what stopped it [raised](raise) with the caller's line, which a closure would lose.
pub(crate) trait OrRaise<T> {
    /// The value.
    fn or_raise(self) -> T;
}
impl<T, E: Into<Error>> OrRaise<T> for Result<T, E> {
    #[inline]
    #[track_caller]
    fn or_raise(self) -> T {
        match self {
            Ok(value) => value,
            Err(error) => raise(error.into()),
        }
    }
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
