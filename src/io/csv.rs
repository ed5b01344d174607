//! Comma-separated text: matrices of numbers to and from the files that spreadsheets and data frames write.
//!
//! Apart from the binary formats because nothing in the text says what it holds: which lines and columns are meant, and
//! what an empty field is, are the reader's to say. [`Csv`] says it.
//!
//! The file is read whole before it is parsed, so that an error can name the line; memory is that of the text and of
//! the tensor.

mod cell;
mod select;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Trim, WriterBuilder};

use super::atomic::write_atomically;
use super::error::FileError;
use crate::device::{Buf, Cpu, Device};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::shape::Shape;
use crate::tensor::Tensor;
use cell::Place;
use select::{Columns, Selected};

pub use cell::Missing;

/// How a file of comma-separated values is read and written.
///
/// As it begins: commas, a first line with the names of the columns, no comments, all columns, and an empty field is an
/// error. Spaces around a field are no part of it, blank lines do not count, quotes are RFC 4180's, and every line has
/// as many fields as the first.
///
/// ```
/// use congruent::{io::csv::Csv, prelude::*};
/// dims! { People = ? }
///
/// let text = "name; height; weight\n# in cm and kg\nAda; 165; 55.5\nBlaise; 170;\n";
/// let csv = Csv::new().delimiter(b';').comment(b'#').columns(["weight", "height"]);
/// let error = csv.read_from::<_, D<2>, f32>(text.as_bytes(), "people.csv", People).unwrap_err();
/// assert_eq!(error.to_string(), "people.csv, line 4, column 3 (`weight`): the field is empty, wanted f32");
///
/// let csv = csv.missing(congruent::io::csv::Missing::Nan);
/// let x: Tensor<(People, D<2>)> = csv.read_from(text.as_bytes(), "people.csv", People)?;
/// assert_eq!((x.shape().0, &x.as_slice()[..2]), (People(2), &[55.5, 165.0][..]));
/// assert!(x.as_slice()[2].is_nan());
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    delimiter: u8,
    header: bool,
    comment: Option<u8>,
    missing: Missing,
    columns: Columns,
}

impl Default for Csv {
    fn default() -> Self {
        Self { delimiter: b',', header: true, comment: None, missing: Missing::Error, columns: Columns::All }
    }
}

impl Csv {
    /// Commas, a header, no comments, all columns, and an empty field is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands between two fields: `b','` unless it is said here, often `b';'` or `b'\t'`.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Whether the first line holds the names of the columns; it does unless it is said here.
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = header;
        self
    }

    /// Lines that begin with this byte are left out.
    #[must_use]
    pub fn comment(mut self, comment: u8) -> Self {
        self.comment = Some(comment);
        self
    }

    /// What an empty field is, or one that says `NA`.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Takes these columns, in this order, by the names of the header. When writing, they are the names of the header.
    #[must_use]
    pub fn columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.columns = Columns::Named(names.into_iter().map(Into::into).collect());
        self
    }

    /// Takes these columns, in this order, counted from 0. When writing, they have no effect.
    #[must_use]
    pub fn columns_at(mut self, indices: impl IntoIterator<Item = usize>) -> Self {
        self.columns = Columns::At(indices.into_iter().collect());
        self
    }

    /// Reads a file as a matrix: one row a line, and `rows` makes the dim of their number.
    ///
    /// Integers must be whole and in range, `bool` is `0`, `1`, `true` or `false` in any case. Floats are read as Rust
    /// reads them, `inf` and `nan` included; a number beyond the type's range becomes infinite.
    ///
    /// # Errors
    /// [`FileError::Field`] for a field that is no number, with its line, column and text; [`FileError::MissingColumn`]
    /// for a name that the header has not; [`FileError::Format`] for a line with more or fewer fields than the first,
    /// or another number of columns than the type has; [`FileError::WrongShape`] where `rows` makes another size.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    /// dims! { Patients = ? }
    ///
    /// let csv = Csv::new().columns(["bmi", "bp", "progression"]);
    /// let x: Tensor<(Patients, D<3>), f64> = csv.read("examples/data/diabetes.csv", Patients)?;
    /// assert_eq!((x.shape().0, &x.as_slice()[..3]), (Patients(442), &[32.1, 101.0, 151.0][..]));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn read<A: Dim, C: Dim, E: Elem>(
        &self,
        path: impl AsRef<Path>,
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A, C), E>, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        self.read_from(file, &place, rows)
    }

    /// Reads text that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`Csv::read`].
    pub fn read_from<A: Dim, C: Dim, E: Elem>(
        &self,
        mut reader: impl Read,
        place: &str,
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A, C), E>, FileError> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(FileError::reading(place))?;
        if text.last().is_some_and(|&last| last != b'\n') {
            // The parser takes a comment for a field when the file ends with it.
            text.push(b'\n');
        }
        let (values, count, width) = self.parse::<C, E>(&text, place)?;
        let shape = (rows(count), C::from_size(width).ok_or_else(|| wrong_width::<C>(place, width))?);
        if shape.0.size() != count {
            let (found, wanted) = (vec![count, width], shape.describe());
            return Err(FileError::WrongShape { name: place.to_owned(), found, wanted });
        }
        Ok(Tensor { buf: Buf::from_slice(&values), shape, device: Cpu })
    }

    /// The values of the chosen columns, the number of rows and that of columns.
    fn parse<C: Dim, E: Elem>(&self, text: &[u8], place: &str) -> Result<(Vec<E>, usize, usize), FileError> {
        let place = Place { file: place, text, comment: self.comment };
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(self.header)
            .comment(self.comment)
            .trim(Trim::All)
            .from_reader(text);
        // Without a header, this is the first record, which is read again below.
        let first = reader.byte_headers().map_err(|error| place.damaged(error))?.clone();
        let selected = Selected::of(&self.columns, self.header, &first, place.file)?;
        // A file without any line has no width of its own.
        let width = if first.is_empty() { C::STATIC.unwrap_or(0) } else { selected.len() };
        C::from_size(width).ok_or_else(|| wrong_width::<C>(place.file, width))?;
        let (mut values, mut rows, mut record) = (Vec::new(), 0, ByteRecord::new());
        while reader.read_byte_record(&mut record).map_err(|error| place.damaged(error))? {
            rows += 1;
            for column in selected.columns() {
                let value = cell::parse(&record[column], self.missing);
                values.push(value.ok_or_else(|| place.field::<E>(&record, column, selected.name(column)))?);
            }
        }
        Ok((values, rows, width))
    }

    /// Writes a matrix, one row a line, [atomically](write_atomically): numbers in the fewest digits that give the same
    /// number when they are read, `NaN` and `inf` by these names.
    ///
    /// The header has the names of [`columns`](Csv::columns), and without them the numbers of the columns, from 0.
    ///
    /// # Errors
    /// [`FileError::Format`] where there are more or fewer names than columns, and for a matrix without columns, which
    /// would read as a file without rows; [`FileError::Io`] where the system refuses.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("line.csv");
    /// Csv::new().columns(["x", "y"]).write(&path, &Cpu.tensor([[1.0, 0.1], [2.0, 1e-9]]))?;
    /// assert_eq!(std::fs::read_to_string(&path)?, "x,y\n1.0,0.1\n2.0,1e-9\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write<A: Dim, C: Dim, E: Elem, D: Device>(
        &self,
        path: impl AsRef<Path>,
        matrix: &Tensor<(A, C), E, D>,
    ) -> Result<(), FileError> {
        let place = path.as_ref().display().to_string();
        let width = matrix.shape.1.size();
        let names = self.columns.header(width, &place)?;
        let values = matrix.to_vec();
        write_atomically(path, |file| {
            let mut writer = WriterBuilder::new().delimiter(self.delimiter).from_writer(file);
            if self.header {
                writer.write_record(&names)?;
            }
            for row in values.chunks_exact(width) {
                writer.write_record(row.iter().map(|value| format!("{value:?}")))?;
            }
            writer.flush()
        })
        .map_err(FileError::writing(&place))
    }
}

fn wrong_width<C: Dim>(place: &str, width: usize) -> FileError {
    FileError::format(place, format!("{width} columns, wanted {}", C::name()))
}

/// Reads a file of commas with a header as a matrix; [`Csv`] has the options and the errors.
///
/// ```
/// use congruent::{io::csv::read_csv, prelude::*};
/// dims! { Patients = ? }
///
/// let x: Tensor<(Patients, D<11>)> = read_csv("examples/data/diabetes.csv", Patients)?;
/// assert_eq!(x.shape().0, Patients(442));
/// let error = read_csv::<_, D<5>, f32>("examples/data/iris.csv", Patients).unwrap_err();
/// assert_eq!(error.to_string(), "examples/data/iris.csv, line 2, column 5 (`species`): `setosa` is no f32");
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn read_csv<A: Dim, C: Dim, E: Elem>(
    path: impl AsRef<Path>,
    rows: impl FnOnce(usize) -> A,
) -> Result<Tensor<(A, C), E>, FileError> {
    Csv::new().read(path, rows)
}

/// Writes a matrix with commas and the numbers of its columns as header; [`Csv`] has the options and the errors.
///
/// ```
/// use congruent::{io::csv::{read_csv, write_csv}, prelude::*};
/// dims! { Rows = ? }
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("x.csv");
/// let x = Cpu.rows(Rows, vec![[1, 2], [3, 4]]);
/// write_csv(&path, &x)?;
/// assert_eq!(read_csv::<_, D<2>, i64>(&path, Rows)?, x);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_csv<A: Dim, C: Dim, E: Elem, D: Device>(
    path: impl AsRef<Path>,
    matrix: &Tensor<(A, C), E, D>,
) -> Result<(), FileError> {
    Csv::new().write(path, matrix)
}
