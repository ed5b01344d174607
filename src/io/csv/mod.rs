//! Comma-separated text: matrices of numbers to and from the files that spreadsheets and data frames write.
//!
//! Apart from the binary formats because nothing in the text says what it holds: which lines and columns are meant, and
//! what an empty field is, are the reader's to say. [`Csv`] says it.
//!
//! The text is parsed as it is read; memory is that of the numbers, and of the header.
//!
//! | file | holds |
//! |---|---|
//! | `options` | [`Csv`]: what the text does not say |
//! | `read`, `write` | matrices from text, and text from matrices |
//! | `classes` | a column of words as classes |
//! | `records` | lines and fields |
//! | `select` | which columns are meant |
//! | `cell` | a field as a number |

mod cell;
mod classes;
mod options;
mod read;
mod records;
mod select;
mod write;

pub use cell::Missing;
pub use classes::{Classes, WhichColumn};
pub use options::Csv;
pub use read::read_csv;
pub use write::write_csv;
