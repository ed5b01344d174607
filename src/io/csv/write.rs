//! Matrices as comma-separated text.
//!
//! Apart from the reading, with which it shares the names of the columns.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::options::Csv;
use crate::device::Device;
use crate::dims::Dim;
use crate::dtype::Elem;
use crate::files::atomic::write_atomically;
use crate::files::error::FileError;
use crate::tensor::Tensor;

impl Csv {
    /// Writes a matrix, one row a line, [atomically](write_atomically): numbers in the fewest digits that give the same
    /// number when they are read, `NaN` and `inf` by these names.
    ///
    /// The header has the names of [`columns`](Csv::columns). Without them there is none, unless
    /// [`header`](Csv::header) asks for one, of the numbers of the columns, from 0.
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
        let lines = |file: &mut BufWriter<File>, values: &[E]| {
            if self.writes_header() {
                write_line(file, self.delimiter, &names)?;
            }
            let mut fields = vec![String::new(); width];
            for row in values.chunks_exact(width) {
                fields.iter_mut().zip(row).for_each(|(field, value)| *field = format!("{value:?}"));
                write_line(file, self.delimiter, &fields)?;
            }
            Ok(())
        };
        write_atomically(path, |file| matrix.device.show(&matrix.buf, |values| lines(file, values)))
            .map_err(FileError::writing(&place))
    }
}

/// A line of fields, each in quotes where it could be taken for something else.
fn write_line(file: &mut impl Write, delimiter: u8, fields: &[String]) -> io::Result<()> {
    for (column, field) in fields.iter().enumerate() {
        if column > 0 {
            file.write_all(&[delimiter])?;
        }
        let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\r' | b'\n');
        // A line of one empty field would be blank.
        if field.bytes().any(special) || (field.is_empty() && fields.len() == 1) {
            write!(file, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            file.write_all(field.as_bytes())?;
        }
    }
    file.write_all(b"\n")
}

/// Writes a matrix with commas and without a header, as NumPy's `savetxt` does; [`Csv`] has the options and the errors.
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
