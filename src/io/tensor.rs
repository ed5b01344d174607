//! Tensors to and from arrays of files: where the dtype and shape of a file meet those of a type.
//!
//! Apart from the formats, which know no types, and from the tensors, which know no files. Nothing is converted: a file
//! of `F64` is read as `f64`, and [`Tensor::convert`] makes of it what is wanted, visibly.

use std::io::{self, Read, Seek, Write};
use std::path::Path;

use crate::device::{Buf, Cpu, Device};
use crate::dtype::Elem;
use crate::error::{Error, attempt};
use crate::files::atomic::write_atomically;
use crate::files::declared::expect_end;
use crate::files::entry::NamedTensors;
use crate::files::error::FileError;
use crate::files::gguf::GgufFile;
use crate::files::idx;
use crate::files::npy;
use crate::files::npz::NpzFile;
use crate::files::raw::{RawArray, RawDtype};
use crate::files::safetensors::{SafetensorsFile, SafetensorsIndex};
use crate::memory::show_bytes;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// The name that files have for an element type: `F32` for `f32`.
pub(super) fn dtype_of<E: Elem>() -> RawDtype {
    let own = |dtype: &RawDtype| dtype.safetensors_name().eq_ignore_ascii_case(E::NAME);
    RawDtype::ALL.into_iter().find(own).expect("files have a name for each element type")
}

/// The elements of a tensor that has `len`, read by `fill` into their own memory.
pub(super) fn read_buf<E: Elem>(
    place: &str,
    len: usize,
    fill: impl FnOnce(&mut [u8]) -> Result<(), FileError>,
) -> Result<Buf<E>, FileError> {
    // What does not fit into memory is raised where memory is made.
    attempt(|| Buf::from_bytes(len, fill)).unwrap_or_else(|error| Err(refused(place, error)))
}

#[cold]
fn refused(place: &str, error: Error) -> FileError {
    FileError::format_from(place, "there is no memory for it", error)
}

/// Writes elements as the bytes of a file, from where they are.
pub(super) fn write_elements<E: Elem, D: Device>(buf: &Buf<E>, device: D, mut writer: impl Write) -> io::Result<()> {
    device.show(buf, |values| show_bytes(values, |bytes| writer.write_all(bytes)))
}

/// Refuses another element type; `name` is what the error calls the array.
pub(crate) fn check_dtype<E: Elem>(name: &str, found: RawDtype) -> Result<(), FileError> {
    match dtype_of::<E>() {
        wanted if wanted == found => Ok(()),
        wanted => Err(FileError::WrongDtype { name: name.to_owned(), found, wanted }),
    }
}

impl RawArray {
    /// The array as a tensor. Static axes must have the size of the type, run-time axes take the size of the array.
    ///
    /// `name` is what an error calls the array.
    ///
    /// # Errors
    /// [`FileError::WrongDtype`] where the elements are of another type, [`FileError::WrongShape`] where the rank or a
    /// static size differs, [`FileError::Format`] where the bytes are not as many as the shape says.
    ///
    /// ```
    /// use congruent::{io::raw::RawArray, prelude::*};
    /// dims! { Rows = ? }
    ///
    /// let array = RawArray::from_values(&[2, 3], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0])?;
    /// let x: Tensor<(Rows, D<3>)> = array.tensor("x")?;
    /// assert_eq!(x.shape(), (Rows(2), D::<3>));
    /// let error = array.tensor::<(Rows, D<4>), f32>("x").unwrap_err();
    /// assert_eq!(error.to_string(), "x: the file holds shape [2, 3], wanted [?, 4], which is (Rows, D<4>)");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn tensor<S: Shape, E: Elem>(&self, name: &str) -> Result<Tensor<S, E>, FileError> {
        self.check(name)?;
        typed(name, self.dtype, &self.shape, |bytes| {
            bytes.copy_from_slice(&self.bytes);
            Ok(())
        })
    }
}

/// A tensor of an array whose dtype and shape are known, and whose bytes `fill` reads; `name` is what errors call it.
fn typed<S: Shape, E: Elem>(
    name: &str,
    dtype: RawDtype,
    dims: &[usize],
    fill: impl FnOnce(&mut [u8]) -> Result<(), FileError>,
) -> Result<Tensor<S, E>, FileError> {
    check_dtype::<E>(name, dtype)?;
    let shape = shape_of::<S>(name, dims)?;
    // The bytes of a file's array were held against its dims, which therefore do not overflow.
    let buf = read_buf(name, dims.iter().product(), fill)?;
    Ok(Tensor { buf, shape, device: Cpu })
}

/// The shape of an array, if it is one of the type; `name` is what the error calls the array.
pub(crate) fn shape_of<S: Shape>(name: &str, found: &[usize]) -> Result<S, FileError> {
    let misshaped = || FileError::WrongShape {
        name: name.to_owned(),
        found: found.to_vec(),
        wanted: format!("{}, which is {}", sizes_of::<S>(), S::describe_type()),
    };
    S::from_dims(found).ok_or_else(misshaped)
}

/// The sizes that a shape type demands: `[?, 784]`.
fn sizes_of<S: Shape>() -> String {
    let texts = S::static_dims().into_iter().map(|size| size.map_or("?".to_owned(), |size| size.to_string()));
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The tensor as an array of a file, for [`write_npz`](super::npz::write_npz) and
    /// [`write_safetensors`](super::safetensors::write_safetensors), which take many.
    ///
    /// ```
    /// use congruent::{io::{NpzFile, npz::{Compression, write_npz}}, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("xor.npz");
    /// let (points, labels) = (Cpu.tensor([[0.0, 1.0], [1.0, 1.0]]), Cpu.tensor([1, 0]));
    /// write_npz(&path, &[("points", points.to_raw()), ("labels", labels.to_raw())], Compression::Deflated)?;
    ///
    /// let mut file = NpzFile::open(&path)?;
    /// assert_eq!(file.tensor::<Shape![2, 2], f32>("points")?, points);
    /// assert_eq!(file.tensor::<Shape![2], i64>("labels")?, labels);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_raw(&self) -> RawArray {
        let mut bytes = Vec::with_capacity(self.len() * size_of::<E>());
        write_elements(&self.buf, self.device, &mut bytes).expect("memory takes all bytes");
        RawArray { dtype: dtype_of::<E>(), shape: self.dims().to_vec(), bytes }
    }

    /// Writes the tensor as an npy file, aside and renamed: a failure leaves an older file as it was.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses; [`FileError::Format`] for `bf16`, for which NumPy has no name.
    ///
    /// ```
    /// use congruent::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("x.npy");
    /// let x = Cpu.tensor([[1.0, f32::NAN], [3.0, 4.0]]);
    /// x.save_npy(&path)?;
    /// let again: Tensor<Shape![2, 2]> = Tensor::load_npy(&path)?;
    /// assert_eq!(again.as_slice()[3], 4.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save_npy(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        let place = path.as_ref().display().to_string();
        let header = npy::header::Header::write(&place, dtype_of::<E>(), &self.dims())?;
        write_atomically(path, |file| {
            file.write_all(&header)?;
            write_elements(&self.buf, self.device, file)
        })
        .map_err(FileError::writing(&place))
    }

    /// Writes the tensor as an IDX file, aside and renamed; by gzip where the name ends with `.gz`.
    ///
    /// # Errors
    /// Those of [`idx::write_idx`]: IDX knows `u8`, `i8`, `i16`, `i32`, `f32` and `f64`.
    pub fn save_idx(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        idx::write_idx(path, &self.to_raw())
    }
}

impl<S: Shape, E: Elem> Tensor<S, E> {
    /// Reads an npy file. Static axes must have the size of the type, run-time axes take the size of the file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`], under the path as name, and those of [`npy::read_npy`].
    pub fn load_npy(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        npy::read_with(path.as_ref(), &place, |reader, header| {
            typed(&place, header.dtype, &header.shape, |bytes| npy::read_into(reader, &place, header, bytes))
        })
    }

    /// Reads an IDX file, plain or by gzip. Static axes must have the size of the type, run-time axes take the size of
    /// the file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`], under the path as name, and those of [`idx::read_idx`].
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Pictures = ? }
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("pictures-idx3-ubyte.gz");
    /// Cpu.full((D::<10>, D::<28>, D::<28>), 7u8).save_idx(&path)?;
    /// let pictures: Tensor<(Pictures, D<28>, D<28>), u8> = Tensor::load_idx(&path)?;
    /// assert_eq!((pictures.shape().0, pictures.as_slice()[0]), (Pictures(10), 7));
    ///
    /// let error = Tensor::<(Pictures, D<28>, D<32>), u8>::load_idx(&path).unwrap_err().to_string();
    /// let end = "the file holds shape [10, 28, 28], wanted [?, 28, 32], which is (Pictures, D<28>, D<32>)";
    /// assert!(error.ends_with(end));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load_idx(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        idx::read_with(path.as_ref(), &place, |reader, header| {
            typed(&place, header.dtype, &header.shape, |bytes| idx::read_into(reader, &place, header, bytes))
        })
    }
}

impl<R: Read + Seek> NpzFile<R> {
    /// Reads one array as a tensor. Static axes must have the size of the type, run-time axes take that of the file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`] and of [`NpzFile::get`]; a missing name is answered with the nearest one.
    pub fn tensor<S: Shape, E: Elem>(&mut self, name: &str) -> Result<Tensor<S, E>, FileError> {
        self.read(name, |entry, place, length| {
            let header = npy::header_of_whole(entry, place, length)?;
            let tensor =
                typed(name, header.dtype, &header.shape, |bytes| npy::read_into(entry, place, &header, bytes))?;
            expect_end(entry, place)?;
            Ok(tensor)
        })
    }
}

impl<R: Read + Seek> SafetensorsFile<R> {
    /// Reads one tensor. Static axes must have the size of the type, run-time axes take the size of the file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`] and of [`SafetensorsFile::get`]; a missing name is answered with the nearest one.
    ///
    /// ```
    /// use congruent::{io::{SafetensorsFile, safetensors::write_safetensors}, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("line.safetensors");
    /// write_safetensors(&path, &[("slope", Cpu.tensor([0.5, 2.0]).to_raw())], &Default::default())?;
    /// let mut file = SafetensorsFile::open(&path)?;
    /// assert_eq!(file.tensor::<Shape![2], f32>("slope")?.as_slice(), [0.5, 2.0]);
    /// let error = file.tensor::<Shape![2], f64>("slope").unwrap_err();
    /// assert_eq!(error.to_string(), "slope: the file holds F32, wanted F64");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tensor<S: Shape, E: Elem>(&mut self, name: &str) -> Result<Tensor<S, E>, FileError> {
        tensor_of(self, name)
    }
}

impl SafetensorsIndex {
    /// Reads one tensor, of whichever shard. Static axes must have the size of the type, run-time axes take the size of
    /// the file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`] and of [`SafetensorsIndex::get`]; a missing name is answered with the nearest one.
    pub fn tensor<S: Shape, E: Elem>(&mut self, name: &str) -> Result<Tensor<S, E>, FileError> {
        tensor_of(self, name)
    }
}

impl<R: Read + Seek> GgufFile<R> {
    /// Reads one tensor, blocks as `f32`. Static axes must have the size of the type, run-time axes take that of the
    /// file.
    ///
    /// # Errors
    /// Those of [`RawArray::tensor`] and of [`GgufFile::get`]; a missing name is answered with the nearest one.
    pub fn tensor<S: Shape, E: Elem>(&mut self, name: &str) -> Result<Tensor<S, E>, FileError> {
        tensor_of(self, name)
    }
}

/// A tensor of a file that has them by name.
fn tensor_of<S: Shape, E: Elem>(file: &mut dyn NamedTensors, name: &str) -> Result<Tensor<S, E>, FileError> {
    let entry = file.entry_of(name)?;
    let dtype = file.dtype_of(&entry, &file.place_of(name))?;
    typed(name, dtype, &entry.shape, |bytes| file.read_into(&entry, bytes))
}

#[cfg(test)]
mod tests {
    use super::dtype_of;
    use crate::files::raw::RawDtype;

    #[test]
    fn each_element_type_has_a_name_in_files() {
        let names = [dtype_of::<f32>(), dtype_of::<f64>(), dtype_of::<i64>(), dtype_of::<i32>()];
        assert_eq!(names, [RawDtype::F32, RawDtype::F64, RawDtype::I64, RawDtype::I32]);
        assert_eq!([dtype_of::<u8>(), dtype_of::<bool>()], [RawDtype::U8, RawDtype::Bool]);
    }
}
