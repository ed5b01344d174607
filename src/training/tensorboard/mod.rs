//! Event files, which TensorBoard shows.
//!
//! Apart from the log, which is one file, read by programs: here each start makes a file, as TensorBoard wants it.
//!
//! | file | holds |
//! |---|---|
//! | `board` | [`TensorBoard`]: the file |
//! | `event` | what is said, as protocol buffers |
//! | `record` | how it is framed |

mod board;
mod event;
mod record;

pub use board::TensorBoard;
