//! Why a file did not become arrays, or arrays did not become a file.
//!
//! Apart from the formats because all of them fail in the same few ways, and a caller matches on one enum.

use std::error::Error;
use std::io;

use super::dtype::RawDtype;

/// How many names an error lists before it only counts the others.
const LISTED_NAMES: usize = 12;
/// How many names an error keeps.
const KEPT_NAMES: usize = 1000;
/// How many characters of a field an error shows.
const LISTED_TEXT: usize = 40;
/// How many characters of a name an error shows.
const LISTED_NAME: usize = 100;
/// The longest name, in bytes, that is compared with another.
const LONGEST_COMPARED: usize = 500;

/// Why a file did not become arrays, or arrays did not become a file.
///
/// `place` is the file, and where it matters the array in it: ``digits.npz, array `images` ``. The text ends with what
/// the system or another library said, which is kept as `cause`; as it is told already, [`source`](Error::source) has
/// nothing to add.
///
/// ```
/// use congruent::io::{error::FileError, npy};
///
/// let error = npy::read_npy("no/such/file.npy").unwrap_err();
/// assert!(matches!(error, FileError::Io { .. }));
/// assert!(error.to_string().starts_with("cannot read no/such/file.npy: No such file"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The operating system refused, or compressed data is damaged.
    #[error("cannot {doing} {place}: {}", told(cause))]
    Io {
        /// The verb: read or write.
        doing: &'static str,
        /// The file.
        place: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The bytes do not follow the format, or use a part of it that tensors have no use for.
    #[error("{place}: {what}{}", behind(cause))]
    Format {
        /// The file and array.
        place: String,
        /// What is wrong, with the numbers.
        what: String,
        /// What the parser of the inner format said.
        cause: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The file ends before what it declares.
    #[error("{place}: cut short: {expected} bytes are declared, {found} are there")]
    Truncated {
        /// The file and array.
        place: String,
        /// The bytes that its header declares.
        expected: u64,
        /// The bytes that follow.
        found: u64,
    },
    /// The file declares more than the caller allows.
    #[error("{place}: {bytes} bytes are declared, the limit is {limit}")]
    TooLarge {
        /// The file and array.
        place: String,
        /// The bytes that its header declares.
        bytes: u64,
        /// The bytes that the caller allows.
        limit: u64,
    },
    /// A folder lacks files of a data set.
    #[error("{folder}: no {}, plain or as .gz; to be had from {had_from}", listed(names, names.len()))]
    MissingFiles {
        /// The folder.
        folder: String,
        /// All that are missing.
        names: Vec<String>,
        /// Where they are to be had.
        had_from: &'static str,
    },
    /// No array of the file has the name.
    #[error("{place}: no array `{name}`, the file has {}{}", listed(present, *count), suggestion(nearest))]
    MissingArray {
        /// The file.
        place: String,
        /// The name asked for.
        name: String,
        /// The names in the file, the first thousand of many.
        present: Vec<String>,
        /// How many there are.
        count: usize,
        /// The one of them that is spelled most alike.
        nearest: Option<String>,
    },
    /// The file has arrays that nothing asked for.
    #[error("{place}: nothing takes {}", listed(names, names.len()))]
    UnexpectedArrays {
        /// The file.
        place: String,
        /// The names left over.
        names: Vec<String>,
    },
    /// The header of a text file does not have the column.
    #[error("{place}: no column `{name}`, the header has {}{}", listed(present, *count), suggestion(nearest))]
    MissingColumn {
        /// The file.
        place: String,
        /// The name asked for.
        name: String,
        /// The names in the header, the first thousand of many.
        present: Vec<String>,
        /// How many there are.
        count: usize,
        /// The one of them that is spelled most alike.
        nearest: Option<String>,
    },
    /// A field of a text file is not a number of the type.
    #[error("{place}, line {line}, column {column}{}: {}", named(name), unfit(text, wanted))]
    Field {
        /// The file.
        place: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the header calls the column.
        name: Option<String>,
        /// What stands there.
        text: String,
        /// The element type.
        wanted: &'static str,
    },
    /// The element type differs.
    #[error("{name}: the file holds {found}, wanted {wanted}")]
    WrongDtype {
        /// The array.
        name: String,
        /// The element type in the file.
        found: RawDtype,
        /// The element type of the receiver.
        wanted: RawDtype,
    },
    /// The shape differs.
    #[error("{name}: the file holds shape {found:?}, wanted {wanted}")]
    WrongShape {
        /// The array.
        name: String,
        /// The shape in the file.
        found: Vec<usize>,
        /// The shape of the receiver, in its own words: run-time dims have names.
        wanted: String,
    },
}

impl FileError {
    /// The error of a name that is not among those present, with the nearest one found.
    ///
    /// ```
    /// use congruent::io::error::FileError;
    ///
    /// let error = FileError::missing("mlp.npz", "hidden.weights", &["hidden.weight", "hidden.bias"]);
    /// let text = "mlp.npz: no array `hidden.weights`, the file has `hidden.weight`, `hidden.bias`; \
    ///             nearest name: `hidden.weight`";
    /// assert_eq!(error.to_string(), text);
    /// ```
    pub fn missing(place: &str, name: &str, present: &[impl AsRef<str>]) -> Self {
        let (present, count, nearest) = with_nearest(name, present.iter().map(|name| name.as_ref().to_owned()));
        Self::MissingArray { place: place.to_owned(), name: name.to_owned(), present, count, nearest }
    }

    #[cfg(feature = "csv")]
    pub(crate) fn missing_column(place: &str, name: &str, present: impl Iterator<Item = String>) -> Self {
        let (present, count, nearest) = with_nearest(name, present);
        Self::MissingColumn { place: place.to_owned(), name: name.to_owned(), present, count, nearest }
    }

    pub(crate) fn format(place: &str, what: impl Into<String>) -> Self {
        Self::Format { place: place.to_owned(), what: what.into(), cause: None }
    }

    pub(crate) fn format_from(place: &str, what: &str, cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Format { place: place.to_owned(), what: what.to_owned(), cause: Some(Box::new(cause)) }
    }

    pub(crate) fn reading(place: &str) -> impl FnOnce(io::Error) -> Self {
        let place = place.to_owned();
        move |cause| Self::Io { doing: "read", place, cause }
    }

    pub(crate) fn writing(place: &str) -> impl FnOnce(io::Error) -> Self {
        let place = place.to_owned();
        move |cause| Self::Io { doing: "write", place, cause }
    }
}

/// What an error says, and what stands behind it, as far as it does not say that itself.
fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let behind = error.to_string();
        if !text.contains(&behind) {
            text = format!("{text}: {behind}");
        }
        next = error.source();
    }
    text
}

fn behind(cause: &Option<Box<dyn Error + Send + Sync>>) -> String {
    cause.as_ref().map_or_else(String::new, |cause| format!(": {}", told(&**cause)))
}

/// The names as they are kept, how many there are, and the one that is spelled most alike.
fn with_nearest(name: &str, present: impl Iterator<Item = String>) -> (Vec<String>, usize, Option<String>) {
    let (mut kept, mut count, mut nearest) = (Vec::new(), 0, None);
    for other in present {
        // The comparison takes time and memory by the product of both lengths.
        if name.len().max(other.len()) <= LONGEST_COMPARED {
            let distance = strsim::damerau_levenshtein(name, &other);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                nearest = Some((distance, other.clone()));
            }
        }
        if count < KEPT_NAMES {
            kept.push(other);
        }
        count += 1;
    }
    (kept, count, nearest.map(|(_, name)| name))
}

/// `` (`bmi`)`` behind the number of a column that has a name.
fn named(name: &Option<String>) -> String {
    name.as_ref().map_or_else(String::new, |name| format!(" (`{name}`)"))
}

/// What is wrong with a field; of a long one only the beginning is told.
fn unfit(text: &str, wanted: &str) -> String {
    let start: String = text.chars().take(LISTED_TEXT).collect();
    match text.len() {
        0 => format!("the field is empty, wanted {wanted}"),
        len if len == start.len() => format!("`{text}` is no {wanted}"),
        len => format!("`{start}..` of {len} bytes is no {wanted}"),
    }
}

fn listed(names: &[String], count: usize) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let quoted: Vec<String> = names.iter().take(LISTED_NAMES).map(|name| format!("`{}`", shortened(name))).collect();
    match count.checked_sub(LISTED_NAMES) {
        None | Some(0) => quoted.join(", "),
        Some(others) => format!("{} and {others} more", quoted.join(", ")),
    }
}

/// The beginning of a name that no line would hold.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(LISTED_NAME) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}..", &name[..end]),
    }
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!("; nearest name: `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_names_are_counted() {
        let names: Vec<String> = (0..15).map(|i| format!("w{i}")).collect();
        let text = FileError::missing("a.npz", "w33", &names).to_string();
        assert!(text.ends_with("`w11` and 3 more; nearest name: `w3`"), "{text}");
        let text = FileError::UnexpectedArrays { place: "a.npz".to_owned(), names }.to_string();
        assert!(text.starts_with("a.npz: nothing takes `w0`, `w1`") && text.ends_with("`w11` and 3 more"), "{text}");
    }

    #[test]
    fn names_of_any_length_are_told_in_little_memory() {
        let names = ["é".repeat(1_000_000), "weight".to_owned()];
        let text = FileError::missing("a", "weights", &names).to_string();
        let start = "é".repeat(100);
        assert_eq!(text, format!("a: no array `weights`, the file has `{start}..`, `weight`; nearest name: `weight`"));
        assert!(FileError::missing("a", &"w".repeat(1 << 20), &names).to_string().ends_with("`weight`"));
    }

    #[test]
    fn an_empty_file_has_none() {
        let error = FileError::missing("a.npz", "w", &[""; 0]);
        assert_eq!(error.to_string(), "a.npz: no array `w`, the file has none");
    }

    #[test]
    fn the_cause_is_told_once_and_kept() {
        let error = FileError::reading("x")(io::Error::other("disk on fire"));
        assert_eq!(error.to_string(), "cannot read x: disk on fire");
        assert!(error.source().is_none() && matches!(error, FileError::Io { cause, .. } if cause.get_ref().is_some()));
        let inner = FileError::format_from("y", "not a zip archive", io::Error::other("no directory"));
        assert_eq!(inner.to_string(), "y: not a zip archive: no directory");
        let error = FileError::writing("x")(io::Error::other(inner));
        assert_eq!(error.to_string(), "cannot write x: y: not a zip archive: no directory");
    }
}
