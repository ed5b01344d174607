//! Large `.npy` files in place: the system reads the pages that are touched, and forgets them when memory is short.
//!
//! Apart from `npy`, which reads whole files of any layout; here the bytes must be the elements already.
#![allow(unsafe_code, reason = "mapped pages are seen as elements")]

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use memmap2::Mmap;

use super::View;
use crate::device::{Buf, Cpu};
use crate::dtype::Elem;
use crate::files::error::FileError;
use crate::files::npy::header::Header;
use crate::files::npy::header_of_whole;
use crate::files::raw::RawDtype;
use crate::io::tensor::{check_dtype, shape_of};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A `.npy` file in the address space, of any size: opening it reads its header alone.
///
/// ```
/// use congruent::{interop::NpyMap, prelude::*};
/// dims! { Rows = ? }
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("embeddings.npy");
/// Cpu.from_fn((D::<1000>, D::<8>), |i| i as f32).save_npy(&path)?;
///
/// // SAFETY: nobody writes to the file in this program.
/// let file = unsafe { NpyMap::open(&path)? };
/// let view = file.view::<(Rows, D<8>), f32>()?;
/// assert_eq!((view.shape().0, view.row(999)[7]), (Rows(1000), 7999.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NpyMap {
    map: Arc<Mmap>,
    header: Header,
    place: String,
}

impl NpyMap {
    /// Maps a file after its header was read and its length held against it.
    ///
    /// # Safety
    /// As long as the map lives, nobody changes the file or cuts it short, in this process or another: views are
    /// ordinary references to its bytes, and a page that is gone ends the process.
    ///
    /// # Errors
    /// Those of [`read_npy`](crate::files::npy::read_npy).
    pub unsafe fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(path).map_err(FileError::reading(&place))?;
        let length = file.metadata().map_err(FileError::reading(&place))?.len();
        let header = header_of_whole(&mut BufReader::new(&file), &place, length)?;
        // SAFETY: the caller keeps the file as it is for the life of the map.
        let map = unsafe { Mmap::map(&file) }.map_err(FileError::reading(&place))?;
        Ok(Self { map: Arc::new(map), header, place })
    }

    /// The element type.
    pub fn dtype(&self) -> RawDtype {
        self.header.dtype
    }

    /// The length of each axis.
    pub fn dims(&self) -> &[usize] {
        &self.header.shape
    }

    /// The array in place, as a typed shape. Static axes must have the size of the type.
    ///
    /// # Errors
    /// [`FileError::WrongDtype`] and [`FileError::WrongShape`] where the types differ. [`FileError::Format`] where the
    /// bytes are not the elements as they lie in memory: in the other byte order, in Fortran order, not aligned, or a
    /// `bool` that is neither 0 nor 1, for which all of them are looked at. [`Tensor::load_npy`] reads the first three.
    ///
    /// [`Tensor::load_npy`]: crate::Tensor::load_npy
    pub fn view<S: Shape, E: Elem>(&self) -> Result<View<'_, S, E>, FileError> {
        check_dtype::<E>(&self.place, self.header.dtype)?;
        let shape = shape_of::<S>(&self.place, &self.header.shape)?;
        self.check_layout()?;
        let values = self.values::<E>()?;
        Ok(View { shape, values })
    }

    /// The array as a tensor whose memory is the file: an operand like any other, nothing is copied. Tensors keep the
    /// map; one that is written to is copied first.
    ///
    /// # Safety
    /// The promise of [`open`](Self::open) holds for the life of the tensor, and of all that shares its memory.
    ///
    /// # Errors
    /// Those of [`view`](Self::view).
    ///
    /// ```
    /// use congruent::{interop::NpyMap, prelude::*};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("x.npy");
    /// Cpu.from_fn((D::<1000>, D::<8>), |i| i as f32).save_npy(&path)?;
    ///
    /// // SAFETY: nobody writes to the file in this program.
    /// let x: Tensor<Shape![1000, 8]> = unsafe { NpyMap::open(&path)?.tensor()? };
    /// assert_eq!(x.slice(s![-1]).max().eval().item(), 7999.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub unsafe fn tensor<S: Shape, E: Elem>(&self) -> Result<Tensor<S, E>, FileError> {
        let View { shape, values } = self.view::<S, E>()?;
        // SAFETY: `view` has checked the elements; they stay as they are by the caller's promise, and there by the map.
        let buf = unsafe { Buf::read_only(NonNull::from(values).cast(), values.len(), Box::new(self.map.clone())) };
        Ok(Tensor { buf, shape, device: Cpu })
    }

    fn check_layout(&self) -> Result<(), FileError> {
        let Header { dtype, shape, big_endian, fortran_order, .. } = &self.header;
        if *big_endian != cfg!(target_endian = "big") && dtype.size() > 1 {
            let order = if *big_endian { "big-endian" } else { "little-endian" };
            return Err(self.unfit(format!("{order}, which this machine is not")));
        }
        if *fortran_order && shape.iter().filter(|&&size| size != 1).count() > 1 {
            return Err(self.unfit("in Fortran order, and views are in C order".to_owned()));
        }
        Ok(())
    }

    fn values<E: Elem>(&self) -> Result<&[E], FileError> {
        let bytes = &self.map[self.header.length as usize..][..self.header.data_bytes as usize];
        // Only then: the search touches every page.
        if self.header.dtype == RawDtype::Bool
            && let Some(at) = bytes.iter().position(|&byte| byte > 1)
        {
            return Err(FileError::format(&self.place, format!("element {at} is {}, a bool is 0 or 1", bytes[at])));
        }
        if !bytes.as_ptr().cast::<E>().is_aligned() {
            let (start, size) = (self.header.length, align_of::<E>());
            return Err(self.unfit(format!("at byte {start} of the file, which is no multiple of {size}")));
        }
        // SAFETY: the bytes are inside the map, as many as the elements, aligned, and not written to (`open`); the
        // dtype is the type's own, any bits are a number, and every bool was looked at above.
        Ok(unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<E>()) })
    }

    fn unfit(&self, what: String) -> FileError {
        let what = format!("cannot be read in place: the elements are {what}; `Tensor::load_npy` reads a copy");
        FileError::format(&self.place, what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    dims! { Rows = ? }

    /// A file whose header is padded to a multiple of `align`, less `off` bytes.
    fn open(descr: &str, order: &str, shape: &str, data: &[u8], off: usize) -> Result<NpyMap, FileError> {
        let mut text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
        text.push_str(&" ".repeat(128 - 11 - off - text.len()));
        text.push('\n');
        let bytes = [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat();
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("a.npy");
        std::fs::write(&path, bytes).expect("a writable folder");
        // SAFETY: nobody else knows the file, and its pages outlive its name.
        unsafe { NpyMap::open(path) }
    }

    fn words<S: Shape, E: Elem>(file: Result<NpyMap, FileError>) -> String {
        let file = file.expect("a good header");
        let error = file.view::<S, E>().map(drop).expect_err("it does not fit").to_string();
        error.rsplit_once("a.npy: ").expect("the file").1.to_owned()
    }

    #[test]
    fn every_element_type_is_read_in_place() {
        fn check<E: Elem>() {
            let folder = tempfile::tempdir().expect("a folder for temporary files");
            let path = folder.path().join("a.npy");
            for rows in [0, 1, 7, 17] {
                let x = Cpu.from_fn((Rows(rows), D::<3>), |i| E::of_i64(i as i64 * 37 % 101));
                x.save_npy(&path).expect("a writable folder");
                // SAFETY: the next save renames another file to this place, and this one stays as it is.
                let file = unsafe { NpyMap::open(&path) }.expect("our own file");
                let view = file.view::<(Rows, D<3>), E>().expect("our own shape");
                let start = view.as_slice().as_ptr();
                assert_eq!((view.to_tensor(), file.dims()), (x.clone(), &[rows, 3][..]));
                // SAFETY: as above.
                let mut mapped: Tensor<(Rows, D<3>), E> = unsafe { file.tensor() }.expect("our own shape");
                drop(file);
                assert_eq!((mapped.as_slice().as_ptr(), &mapped), (start, &x));
                let again = mapped.clone();
                mapped.as_mut_slice().fill(E::of_i64(1));
                assert_eq!((again, mapped.into_vec()), (x, vec![E::of_i64(1); rows * 3]));
            }
        }
        check::<f16>();
        check::<f32>();
        check::<f64>();
        check::<i64>();
        check::<i32>();
        check::<u8>();
        check::<bool>();
    }

    #[test]
    fn what_is_not_in_place_is_told_with_the_reason() {
        type S = (Rows, D<2>);
        let data = [0; 24];
        assert!(open("<f4", "False", "(3, 2)", &data, 0).expect("good").view::<S, f32>().is_ok());
        let text = words::<S, f32>(open(">f4", "False", "(3, 2)", &data, 0));
        let way = "; `Tensor::load_npy` reads a copy";
        assert_eq!(
            text,
            "cannot be read in place: the elements are big-endian, which this machine is not".to_owned() + way
        );
        let text = words::<S, f32>(open("<f4", "True", "(3, 2)", &data, 0));
        assert!(text.contains("in Fortran order"), "{text}");
        let text = words::<S, f32>(open("<f4", "False", "(3, 2)", &data, 3));
        assert!(text.contains("at byte 125 of the file, which is no multiple of 4"), "{text}");
        assert_eq!(words::<S, f64>(open("<f4", "False", "(3, 2)", &data, 0)), "the file holds F32, wanted F64");
        let text = words::<(Rows, D<3>), f32>(open("<f4", "False", "(3, 2)", &data, 0));
        assert_eq!(text, "the file holds shape [3, 2], wanted [?, 3], which is (Rows, D<3>)");
        let text = words::<(Rows,), bool>(open("|b1", "False", "(3,)", &[0, 1, 2], 0));
        assert_eq!(text, "element 2 is 2, a bool is 0 or 1");
    }

    #[test]
    fn orders_that_make_no_difference_are_read() {
        let column = open("<f4", "True", "(6, 1)", &[0; 24], 0).expect("a good header");
        assert_eq!(column.view::<(Rows, D<1>), f32>().expect("one column").shape().0, Rows(6));
        let bytes = open(">u1", "True", "(3,)", &[1, 2, 3], 5).expect("a good header");
        assert_eq!(bytes.view::<(Rows,), u8>().expect("single bytes").as_slice(), [1, 2, 3]);
        let scalar = open("<f8", "False", "()", &2.5f64.to_le_bytes(), 0).expect("a good header");
        assert_eq!(scalar.view::<(), f64>().expect("a scalar").as_slice(), [2.5]);
    }

    #[test]
    fn files_that_are_cut_or_longer_are_not_mapped() {
        assert!(matches!(open("<f4", "False", "(3, 2)", &[0; 23], 0), Err(FileError::Truncated { found: 23, .. })));
        assert!(matches!(open("<f4", "False", "(3, 2)", &[0; 25], 0), Err(FileError::Format { .. })));
        // SAFETY: there is no such file.
        assert!(matches!(unsafe { NpyMap::open("no/such.npy") }, Err(FileError::Io { .. })));
    }
}
