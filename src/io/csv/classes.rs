//! A column of words as classes: whole numbers, and the words that they stand for.
//!
//! Apart from `read`, whose fields are numbers: here a field is any text.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::options::Csv;
use super::records::{Fields, Record, Records};
use super::select::{Columns, Selected, name_of};
use crate::device::{Buf, Cpu};
use crate::dims::Dim;
use crate::files::error::FileError;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A column of words: `labels` are the places of the words in `names`.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes<A: Dim> {
    /// A class for each line.
    pub labels: Tensor<(A,), i64>,
    /// The words, each once, in the order of their bytes.
    pub names: Vec<String>,
}

/// Which column of a file: by the name in its header, `"species"`, or counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichColumn {
    /// By name.
    Named(String),
    /// By number.
    At(usize),
}
impl From<&str> for WhichColumn {
    fn from(name: &str) -> Self {
        WhichColumn::Named(name.to_owned())
    }
}
impl From<usize> for WhichColumn {
    fn from(index: usize) -> Self {
        WhichColumn::At(index)
    }
}

impl Csv {
    /// Reads a column of words as classes: the words in order are 0, 1, 2, .., as NumPy's
    /// `unique(column, return_inverse=True)` counts them. `rows` makes the dim of the number of lines.
    ///
    /// Numbers are words here, too. Other columns are not looked at; [`columns`](Csv::columns) has no effect. A file
    /// without a header says so by [`header(false)`](Csv::header): its words could be names.
    ///
    /// # Errors
    /// [`FileError::Field`] for a field without a value or not in UTF-8; [`FileError::MissingColumn`] for a name that
    /// the header has not; [`FileError::Format`] for a line with more or fewer fields than the first, or a column that
    /// is not there; [`FileError::WrongShape`] where `rows` makes another size.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    /// dims! { Flowers = ? }
    ///
    /// let species = Csv::new().read_classes("examples/data/iris.csv", "species", Flowers)?;
    /// assert_eq!(species.names, ["setosa", "versicolor", "virginica"]);
    /// let labels: Tensor<(Flowers,), i64> = species.labels;
    /// assert_eq!((labels.as_slice()[0], labels.as_slice()[149]), (0, 2));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn read_classes<A: Dim>(
        &self,
        path: impl AsRef<Path>,
        column: impl Into<WhichColumn>,
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Classes<A>, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        self.read_classes_from(file, &place, column, rows)
    }

    /// [`read_classes`](Csv::read_classes) of text that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`Csv::read_classes`].
    pub fn read_classes_from<A: Dim>(
        &self,
        reader: impl Read,
        place: &str,
        column: impl Into<WhichColumn>,
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Classes<A>, FileError> {
        let mut words = Words::default();
        let number = |word: &[u8]| std::str::from_utf8(word).ok().map(|_| words.number(word));
        let numbers = self.words(reader, place, column.into(), number, "class")?;
        let Ordered { names, places } = words.in_order();
        let labels = numbers.into_iter().map(|number| places[number]).collect();
        Ok(Classes { labels: tensor(labels, place, rows)?, names })
    }

    /// Reads a column of words whose classes are known, such as those of a file read before: `names` are 0, 1, 2, ..
    ///
    /// # Errors
    /// Those of [`Csv::read_classes`], [`FileError::Field`] for a word that is none of the names, and
    /// [`FileError::Format`] for a name that is in the list twice.
    ///
    /// ```
    /// use congruent::{io::csv::Csv, prelude::*};
    /// dims! { Rows = ? }
    ///
    /// let names = ["no", "yes"];
    /// let read = |text: &str| Csv::new().read_labels_from(text.as_bytes(), "a.csv", "ill", &names, Rows);
    /// assert_eq!(read("id,ill\n1,yes\n2,no\n")?.as_slice(), [1, 0]);
    /// let error = read("id,ill\n1,perhaps\n").unwrap_err();
    /// assert_eq!(error.to_string(), "a.csv, line 2, column 2 (`ill`): `perhaps` is no class of the list");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn read_labels<A: Dim>(
        &self,
        path: impl AsRef<Path>,
        column: impl Into<WhichColumn>,
        names: &[impl AsRef<str>],
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A,), i64>, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        self.read_labels_from(file, &place, column, names, rows)
    }

    /// [`read_labels`](Csv::read_labels) of text that is open or in memory; `place` is what errors call it.
    ///
    /// # Errors
    /// Those of [`Csv::read_labels`].
    pub fn read_labels_from<A: Dim>(
        &self,
        reader: impl Read,
        place: &str,
        column: impl Into<WhichColumn>,
        names: &[impl AsRef<str>],
        rows: impl FnOnce(usize) -> A,
    ) -> Result<Tensor<(A,), i64>, FileError> {
        let mut known: HashMap<&[u8], usize> = HashMap::new();
        for (i, name) in names.iter().enumerate() {
            if known.insert(name.as_ref().as_bytes(), i).is_some() {
                let what = format!("the list of classes holds `{}` more than once", name.as_ref());
                return Err(FileError::format(place, what));
            }
        }
        let number = |word: &[u8]| known.get(word).copied();
        let labels = self.words(reader, place, column.into(), number, "class of the list")?;
        tensor(labels.into_iter().map(|label| label as i64).collect(), place, rows)
    }

    /// The number that each word of a column is given.
    fn words(
        &self,
        reader: impl Read,
        place: &str,
        column: WhichColumn,
        mut number: impl FnMut(&[u8]) -> Option<usize>,
        wanted: &'static str,
    ) -> Result<Vec<usize>, FileError> {
        let failed = |error| FileError::reading(place)(error);
        let mut records = Records::new(reader, self.delimiter, self.comment).map_err(failed)?;
        records.skip(self.skip).map_err(failed)?;
        let mut first = Fields::default();
        let Some(begin) = records.next(|_, field| first.push(field)).map_err(failed)? else {
            return match column {
                WhichColumn::Named(name) => {
                    Selected::of(&Columns::Named(vec![name]), true, &first, place).map(|_| Vec::new())
                }
                WhichColumn::At(_) => Ok(Vec::new()),
            };
        };
        let header = self.header.unwrap_or(matches!(column, WhichColumn::Named(_)) || self.has_header::<f64>(&first));
        let (names, at) = match column {
            WhichColumn::Named(name) => (Columns::Named(vec![name]), None),
            WhichColumn::At(at) => (Columns::At(vec![at]), Some(at)),
        };
        let selected = Selected::of(&names, header, &first, place)?;
        let column = at.unwrap_or_else(|| (0..first.len()).find(|&i| selected.places(i).next().is_some()).unwrap_or(0));
        let (mut numbers, mut misfit) = (Vec::new(), None);
        let mut take = |field: &[u8], numbers: &mut Vec<usize>, misfit: &mut Option<String>| match if self.lacks(field)
        {
            None
        } else {
            number(field)
        } {
            Some(number) => numbers.push(number),
            None => *misfit = Some(String::from_utf8_lossy(field).into_owned()),
        };
        let ended = |Record { line, fields }: Record, misfit: Option<String>| {
            if fields != first.len() {
                let what = format!("line {line} has {fields} fields, the first has {}", first.len());
                return Err(FileError::format(place, what));
            }
            let Some(text) = misfit else { return Ok(()) };
            let name = if header { name_of(&first, column) } else { None };
            Err(FileError::Field { place: place.to_owned(), line, column: column + 1, name, text, wanted })
        };
        if !header {
            let field = first.iter().nth(column).unwrap_or_default();
            take(field, &mut numbers, &mut misfit);
            ended(begin, misfit.take())?;
        }
        loop {
            let show = |at: usize, field: &[u8]| {
                if at == column {
                    take(field, &mut numbers, &mut misfit)
                }
            };
            match records.next(show).map_err(failed)? {
                Some(record) => ended(record, misfit.take())?,
                None => return Ok(numbers),
            }
        }
    }
}

fn tensor<A: Dim>(
    labels: Vec<i64>,
    place: &str,
    rows: impl FnOnce(usize) -> A,
) -> Result<Tensor<(A,), i64>, FileError> {
    let (found, shape) = (vec![labels.len()], (rows(labels.len()),));
    if shape.0.size() != labels.len() {
        return Err(FileError::WrongShape { name: place.to_owned(), found, wanted: shape.describe() });
    }
    Ok(Tensor { buf: Buf::adopted(labels), shape, device: Cpu })
}

/// Words, numbered as they come.
#[derive(Default)]
struct Words(HashMap<Vec<u8>, usize>);

/// Words in order, and for each number the place of its word.
struct Ordered {
    names: Vec<String>,
    places: Vec<i64>,
}

impl Words {
    fn number(&mut self, word: &[u8]) -> usize {
        if let Some(&number) = self.0.get(word) {
            return number;
        }
        let number = self.0.len();
        self.0.insert(word.to_owned(), number);
        number
    }

    fn in_order(self) -> Ordered {
        let mut words: Vec<(Vec<u8>, usize)> = self.0.into_iter().collect();
        words.sort_unstable();
        let mut places = vec![0; words.len()];
        words.iter().enumerate().for_each(|(place, (_, number))| places[*number] = place as i64);
        let names = words.into_iter().map(|(word, _)| String::from_utf8_lossy(&word).into_owned()).collect();
        Ordered { names, places }
    }
}
