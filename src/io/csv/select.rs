//! Which columns of a file are meant, by name or by number.
//!
//! Apart from the walk over lines because it is decided once, by the first line.

use csv::ByteRecord;

use crate::io::error::FileError;

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
pub(super) struct Selected {
    columns: Vec<usize>,
    names: Option<Vec<String>>,
}

impl Selected {
    /// Holds what is asked for against the first line.
    pub(super) fn of(columns: &Columns, header: bool, first: &ByteRecord, place: &str) -> Result<Self, FileError> {
        let names = header.then(|| first.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect());
        let columns = match columns {
            Columns::All => (0..first.len()).collect(),
            Columns::Named(wanted) => named(wanted, names.as_deref(), place)?,
            Columns::At(wanted) => numbered(wanted, first.len(), place)?,
        };
        Ok(Self { columns, names })
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().copied()
    }

    /// What the header calls a column.
    pub(super) fn name(&self, column: usize) -> Option<&str> {
        self.names.as_ref()?.get(column).map(String::as_str)
    }
}

fn named(wanted: &[String], names: Option<&[String]>, place: &str) -> Result<Vec<usize>, FileError> {
    let Some(names) = names else {
        return Err(FileError::format(place, "columns have names only where there is a header: `header(true)`"));
    };
    let find = |wanted: &String| {
        let mut places = (0..names.len()).filter(|&column| names[column] == *wanted);
        let first = places.next().ok_or_else(|| FileError::missing_column(place, wanted, names))?;
        match places.next() {
            None => Ok(first),
            Some(second) => {
                let what = format!("columns {} and {} are both named `{wanted}`", first + 1, second + 1);
                Err(FileError::format(place, what))
            }
        }
    };
    wanted.iter().map(find).collect()
}

fn numbered(wanted: &[usize], width: usize, place: &str) -> Result<Vec<usize>, FileError> {
    match wanted.iter().find(|&&column| column >= width) {
        Some(column) => {
            Err(FileError::format(place, format!("no column {column}, counted from 0: there are {width} columns")))
        }
        None => Ok(wanted.to_vec()),
    }
}
