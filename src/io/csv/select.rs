//! Which columns of a file are meant, by name or by number.
//!
//! Apart from the walk over lines because it is decided once, by the first line.

use super::records::Fields;
use crate::files::error::FileError;

/// The columns that a user asks for.
#[derive(Clone, Debug)]
pub(super) enum Columns {
    All,
    Named(Vec<String>),
    At(Vec<usize>),
}

impl Columns {
    /// The names of a header to be written.
    pub(super) fn header(&self, width: usize, place: &str) -> Result<Vec<String>, FileError> {
        if width == 0 {
            return Err(FileError::format(place, "a matrix without columns has no csv file"));
        }
        match self {
            Self::Named(names) if names.len() == width => Ok(names.clone()),
            Self::Named(names) => Err(FileError::format(place, format!("{} names for {width} columns", names.len()))),
            _ => Ok((0..width).map(|column| column.to_string()).collect()),
        }
    }
}

/// The columns of one file that are read.
pub(super) enum Selected {
    All(usize),
    /// Columns and where their values go, in the order of the file.
    Some(Vec<(usize, usize)>),
}

impl Selected {
    /// Holds what is asked for against the first line.
    pub(super) fn of(columns: &Columns, header: bool, first: &Fields, place: &str) -> Result<Self, FileError> {
        let wanted = match columns {
            Columns::All => return Ok(Self::All(first.len())),
            Columns::Named(_) if !header => {
                let what = "columns have names only where there is a header: `header(true)`";
                return Err(FileError::format(place, what));
            }
            Columns::Named(wanted) => {
                wanted.iter().map(|name| named(name, first, place)).collect::<Result<Vec<_>, _>>()?
            }
            Columns::At(wanted) => numbered(wanted, first.len(), place)?,
        };
        let mut columns: Vec<_> = wanted.into_iter().enumerate().map(|(place, column)| (column, place)).collect();
        columns.sort_unstable();
        Ok(Self::Some(columns))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(count) => *count,
            Self::Some(columns) => columns.len(),
        }
    }

    /// Where the values of a column go in the row of the matrix.
    pub(super) fn places(&self, column: usize) -> impl Iterator<Item = usize> {
        let (alone, several) = match self {
            Self::All(_) => (Some(column), &[][..]),
            Self::Some(columns) => {
                let start = columns.partition_point(|&(other, _)| other < column);
                let end = columns.partition_point(|&(other, _)| other <= column);
                (None, &columns[start..end])
            }
        };
        alone.into_iter().chain(several.iter().map(|&(_, place)| place))
    }
}

/// What the header calls a column.
pub(super) fn name_of(first: &Fields, column: usize) -> Option<String> {
    first.iter().nth(column).map(|name| String::from_utf8_lossy(name).into_owned())
}

fn named(wanted: &str, names: &Fields, place: &str) -> Result<usize, FileError> {
    let is_wanted = |(_, name): &(usize, &[u8])| String::from_utf8_lossy(name) == wanted;
    let mut found = names.iter().enumerate().filter(is_wanted).map(|(column, _)| column);
    let missing = || {
        let names = names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
        FileError::missing_column(place, wanted, names)
    };
    let first = found.next().ok_or_else(missing)?;
    match found.next() {
        None => Ok(first),
        Some(second) => {
            let what = format!("columns {} and {} are both named `{wanted}`", first + 1, second + 1);
            Err(FileError::format(place, what))
        }
    }
}

fn numbered(wanted: &[usize], width: usize, place: &str) -> Result<Vec<usize>, FileError> {
    match wanted.iter().find(|&&column| column >= width) {
        Some(column) => {
            Err(FileError::format(place, format!("no column {column}, counted from 0: there are {width} columns")))
        }
        None => Ok(wanted.to_vec()),
    }
}
