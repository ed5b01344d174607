//! Errors that only a run can show: sizes, labels and indices that come from data, and files.
//!
//! Apart from the modules that find them, because a graph is built by infallible operators: what they find travels to
//! the nearest call that returns a `Result` ([`value_and_grad`](crate::model::Train::value_and_grad),
//! [`infer`](crate::model::Train::infer), [`attempt`]).
//!
//! | file | holds |
//! |---|---|
//! | `kinds` | [`Error`]: what can be wrong |
//! | `device` | `DeviceError`: what can be wrong with a GPU |
//! | `attempt` | [`attempt`]: from the operator that finds an error to who waits for it |
//! | `crossed` | errors on their way from one thread to another |
//! | `room` | vectors whose memory may not be there |

mod attempt;
mod crossed;
#[cfg(feature = "cuda")]
mod device;
mod kinds;
mod room;

pub use attempt::attempt;
pub(crate) use attempt::{Listening, OrRaise, differ, heard_there, is_heard, raise};
#[cfg(feature = "cuda")]
pub use device::DeviceError;
pub use kinds::Error;
pub(crate) use room::{collected, room, try_room};
