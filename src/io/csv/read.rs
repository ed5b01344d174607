//! Matrices from comma-separated text: parsed as it is read, a row at a time.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::cell;
use super::options::Csv;
use super::records::{Fields, Record, Records};
use super::select::{Selected, name_of};
use crate::device::{Buf, Cpu};
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::files::error::FileError;
use crate::shape::Shape;
use crate::tensor::Tensor;

impl Csv {
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
        reader: impl Read,
        place: &str,
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A, C), E>, FileError> {
        let (values, count, width) = self.parse::<C, E>(reader, place)?;
        let shape = (rows(count), C::from_size(width).ok_or_else(|| wrong_width::<C>(place, width))?);
        if shape.0.size() != count {
            let (found, wanted) = (vec![count, width], shape.describe());
            return Err(FileError::WrongShape { name: place.to_owned(), found, wanted });
        }
        Ok(Tensor { buf: Buf::adopted(values), shape, device: Cpu })
    }

    /// The values of the chosen columns, the number of rows and that of columns.
    fn parse<C: Dim, E: Elem>(&self, reader: impl Read, place: &str) -> Result<(Vec<E>, usize, usize), FileError> {
        let failed = |error| FileError::reading(place)(error);
        let mut records = Records::new(reader, self.delimiter, self.comment).map_err(failed)?;
        records.skip(self.skip).map_err(failed)?;
        let mut first = Fields::default();
        let record = records.next(|_, field| first.push(field)).map_err(failed)?;
        let header = self.has_header::<E>(&first);
        let selected = Selected::of(&self.columns, header, &first, place)?;
        // A file without any line has no width of its own.
        let width = record.map_or(C::STATIC.unwrap_or(0), |_| selected.len());
        C::from_size(width).ok_or_else(|| wrong_width::<C>(place, width))?;
        let (csv, first) = (self, &first);
        let mut table = Table { values: Vec::new(), rows: 0, misfit: None, csv, header, selected, first, place };
        if let Some(record) = record.filter(|_| !header) {
            table.begin();
            first.iter().enumerate().for_each(|(column, field)| table.put(column, field));
            table.end(record)?;
        }
        loop {
            table.begin();
            match records.next(|column, field| table.put(column, field)).map_err(failed)? {
                Some(record) => table.end(record)?,
                None => break,
            }
        }
        let Table { mut values, rows, .. } = table;
        values.truncate(rows * width);
        values.shrink_to_fit();
        Ok((values, rows, width))
    }
}

/// The matrix as it grows, a row at a time.
struct Table<'a, E> {
    values: Vec<E>,
    rows: usize,
    /// The first field of the row that is no number.
    misfit: Option<(usize, String)>,
    csv: &'a Csv,
    header: bool,
    selected: Selected,
    first: &'a Fields,
    place: &'a str,
}

impl<E: Elem> Table<'_, E> {
    /// Makes room for a row.
    fn begin(&mut self) {
        let room = (self.rows + 1).saturating_mul(self.selected.len());
        self.values.resize(room, E::default());
    }

    /// A field of the row. What is beyond the width is counted by the record alone.
    fn put(&mut self, column: usize, field: &[u8]) {
        if column >= self.first.len() {
            return;
        }
        let row = self.rows * self.selected.len();
        for place in self.selected.places(column) {
            let value = if self.csv.lacks(field) { self.csv.missing.value() } else { cell::parse(field) };
            match value {
                Some(value) => self.values[row + place] = value,
                None if self.misfit.is_none() => {
                    self.misfit = Some((column, String::from_utf8_lossy(field).into_owned()));
                }
                None => {}
            }
        }
    }

    /// The row is whole: it has as many fields as the first, and each is a number.
    fn end(&mut self, Record { line, fields }: Record) -> Result<(), FileError> {
        let width = self.first.len();
        if fields != width {
            let what = format!("line {line} has {fields} fields, the first has {width}");
            return Err(FileError::format(self.place, what));
        }
        if let Some((column, text)) = self.misfit.take() {
            let name = if self.header { name_of(self.first, column) } else { None };
            let (place, column) = (self.place.to_owned(), column + 1);
            return Err(FileError::Field { place, line, column, name, text, wanted: E::NAME });
        }
        self.rows += 1;
        Ok(())
    }
}

fn wrong_width<C: Dim>(place: &str, width: usize) -> FileError {
    FileError::format(place, format!("{width} columns, wanted {}", C::name()))
}

/// Reads a file of commas as a matrix, whose first line holds the names of the columns unless it is numbers; [`Csv`]
/// has the options and the errors.
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
