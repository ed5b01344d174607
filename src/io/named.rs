//! Tensors by name between models, optimizers and files: written from where they are, read whole before
//! anything changes.
//!
//! Apart from the files that users name because a model, an optimizer and a checkpoint of both do the same with them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path as FilePath;

use super::tensor::{check_dtype, dtype_of, read_buf, write_elements};
use crate::device::{Buf, Device};
use crate::dtype::{Elem, Real};
use crate::files::entry::{NamedTensors, TensorEntry};
use crate::files::error::FileError;
use crate::files::raw::{RawArray, RawDtype};
use crate::files::safetensors::{Outline, write_streamed};
use crate::model::{Each, EachMut, Map, Path, Tree, Weights};

/// A tensor that is going to be written. It shares its memory until then.
pub(super) struct Saved {
    name: String,
    dtype: RawDtype,
    shape: Vec<usize>,
    write: Box<dyn Fn(&mut BufWriter<File>) -> io::Result<()>>,
}

impl Saved {
    pub(super) fn new<E: Elem, D: Device>(name: String, shape: Vec<usize>, buf: Buf<E>, device: D) -> Self {
        let write = Box::new(move |file: &mut BufWriter<File>| write_elements(&buf, device, file));
        Self { name, dtype: dtype_of::<E>(), shape, write }
    }

    pub(super) fn of_array(name: String, array: &RawArray) -> Self {
        let RawArray { dtype, shape, bytes } = array.clone();
        Self { name, dtype, shape, write: Box::new(move |file| io::Write::write_all(file, &bytes)) }
    }
}

/// Writes tensors and metadata to a file, which is the old one or the new one, whole.
pub(super) fn write(path: &FilePath, tensors: &[Saved], metadata: &BTreeMap<String, String>) -> Result<(), FileError> {
    let outline = tensors.iter().map(|saved| Outline { name: &saved.name, dtype: saved.dtype, shape: &saved.shape });
    let outlines: Vec<Outline<'_>> = outline.collect();
    write_streamed(path, &outlines, metadata, |row, file| (tensors[row].write)(file))
}

/// The tensors of a model, under their paths behind a prefix.
pub(super) fn tensors_of<M: Tree<Weights<E, D>>, E: Real, D: Device>(model: &M, prefix: &str) -> Vec<Saved> {
    let mut collect = Collect { prefix, tensors: Vec::new() };
    let _ = Tree::map::<Each<(), E, D>, _>(model, &mut collect, &Path::ROOT);
    collect.tensors
}

struct Collect<'p> {
    prefix: &'p str,
    tensors: Vec<Saved>,
}

impl Collect<'_> {
    fn push<E: Elem, D: Device>(&mut self, at: &Path<'_>, dims: &[usize], (buf, device): &(Buf<E>, D)) {
        let name = format!("{}{at}", self.prefix);
        self.tensors.push(Saved::new(name, dims.to_vec(), buf.clone(), *device));
    }
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for Collect<'_> {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], x: &'a (Buf<E>, D)) {
        self.push(at, dims, x);
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], x: &'a (Buf<E::Precise>, D)) {
        self.push(at, dims, x);
    }
}

/// What a file and a model do not have in common.
///
/// As `load_state_dict(.., strict=False)` returns it in PyTorch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmatched {
    /// Names of the model that the file does not have: these kept their values.
    pub missing: Vec<String>,
    /// Names of the file that the model does not have.
    pub unexpected: Vec<String>,
}

/// New elements for a model, by name: read, and of the right dtype and shape.
pub(super) struct NewWeights<E: Real> {
    pub(super) params: HashMap<String, Buf<E>>,
    pub(super) stats: HashMap<String, Buf<E::Precise>>,
}

impl<E: Real> Default for NewWeights<E> {
    fn default() -> Self {
        Self { params: HashMap::new(), stats: HashMap::new() }
    }
}

impl<E: Real> NewWeights<E> {
    /// Reads what a model takes from the names of a file that begin with a prefix, if what they do not have in common
    /// is accepted. The model is only looked at.
    pub(super) fn read<M: Tree<Weights<E, D>>, D: Device>(
        model: &M,
        file: &mut dyn NamedTensors,
        prefix: &str,
        accept: impl FnOnce(&Unmatched) -> Result<(), FileError>,
    ) -> Result<(Self, Unmatched), FileError> {
        let mut unmatched = Unmatched::default();
        // All of the header before any of the data.
        let mut found = Vec::new();
        for Wanted { name, dims, is_stat, .. } in wanted::<M, E, D>(model) {
            match file.find(&format!("{prefix}{name}"))? {
                None => unmatched.missing.push(name),
                Some(entry) => {
                    let dtype = file.dtype_of(&entry, &name)?;
                    if is_stat {
                        check_dtype::<E::Precise>(&name, dtype)?
                    } else {
                        check_dtype::<E>(&name, dtype)?
                    }
                    check_shape(&name, &entry, &dims)?;
                    found.push((name, entry, is_stat));
                }
            }
        }
        let names = names_behind(file, prefix);
        let known: HashMap<&str, ()> = found.iter().map(|(name, ..)| (name.as_str(), ())).collect();
        unmatched.unexpected.extend(names.filter(|name| !known.contains_key(name)).map(str::to_owned));
        accept(&unmatched)?;
        let mut new = Self::default();
        for (name, entry, is_stat) in found {
            if is_stat {
                let buf = read_entry(file, &entry)?;
                new.stats.insert(name, buf);
            } else {
                let buf = read_entry(file, &entry)?;
                new.params.insert(name, buf);
            }
        }
        Ok((new, unmatched))
    }

    /// Gives the model its new elements. Nothing can fail here.
    pub(super) fn put<M: Tree<Weights<E, D>>, D: Device>(mut self, model: &mut M) {
        model.each_mut(&mut self, &Path::ROOT);
    }
}

/// A parameter or statistic that a file shall have.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) dims: Vec<usize>,
    pub(super) is_stat: bool,
    /// PyTorch keeps it the other way round.
    pub(super) transposed: bool,
}

/// Every parameter and statistic of a model.
pub(super) fn wanted<M: Tree<Weights<E, D>>, E: Real, D: Device>(model: &M) -> Vec<Wanted> {
    let mut list = List(Vec::new());
    let _ = Tree::map::<Each<(), E, D>, _>(model, &mut list, &Path::ROOT);
    list.0
}

struct List(Vec<Wanted>);

impl List {
    fn push(&mut self, at: &Path<'_>, dims: &[usize], is_stat: bool) {
        let (name, dims) = (at.to_string(), dims.to_vec());
        self.0.push(Wanted { name, dims, is_stat, transposed: at.is_transposed() });
    }
}

impl<'a, E: Real, D: Device> Map<'a, Weights<E, D>, Each<(), E, D>> for List {
    fn param(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E>, D)) {
        self.push(at, dims, false);
    }
    fn stat(&mut self, at: &Path<'_>, dims: &[usize], _: &'a (Buf<E::Precise>, D)) {
        self.push(at, dims, true);
    }
}

impl<E: Real, D: Device> EachMut<Weights<E, D>> for NewWeights<E> {
    fn param(&mut self, at: &Path<'_>, _: &[usize], x: &mut (Buf<E>, D)) {
        replace(&mut self.params, at, x);
    }
    fn stat(&mut self, at: &Path<'_>, _: &[usize], x: &mut (Buf<E::Precise>, D)) {
        replace(&mut self.stats, at, x);
    }
}

/// By name, not by order: a hand-written `Tree` may visit in another order than it maps.
fn replace<E: Elem, D: Device>(new: &mut HashMap<String, Buf<E>>, at: &Path<'_>, (buf, device): &mut (Buf<E>, D)) {
    if let Some(values) = new.remove(&at.to_string()).filter(|values| values.len() == buf.len()) {
        *buf = device.adopt(values);
    }
}

/// Refuses another shape.
pub(super) fn check_shape(name: &str, entry: &TensorEntry, wanted: &[usize]) -> Result<(), FileError> {
    if entry.shape == wanted {
        return Ok(());
    }
    let turned = wanted.len() == 2 && entry.shape.iter().eq(wanted.iter().rev());
    let hint = if turned { "; a file of PyTorch is loaded by `load_with(path, &Import::pytorch())`" } else { "" };
    let (name, found, wanted) = (name.to_owned(), entry.shape.clone(), format!("{wanted:?}{hint}"));
    Err(FileError::WrongShape { name, found, wanted })
}

/// The elements of a tensor whose dtype and shape were checked.
pub(super) fn read_entry<E: Elem>(file: &mut dyn NamedTensors, entry: &TensorEntry) -> Result<Buf<E>, FileError> {
    let place = file.place_of(&entry.name);
    read_buf(&place, entry.shape.iter().product(), |bytes| file.read_into(entry, bytes))
}

/// The names of a file that begin with a prefix, without it.
pub(super) fn names_behind<'a>(file: &'a dyn NamedTensors, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    file.names().filter_map(move |name| name.strip_prefix(prefix))
}

/// Nothing may be left over on either side; `place` is what errors call the file.
pub(super) fn strictly(place: &str, present: &[String], unmatched: &Unmatched) -> Result<(), FileError> {
    if let Some(name) = unmatched.missing.first() {
        return Err(FileError::missing(place, name, present));
    }
    match &unmatched.unexpected {
        names if names.is_empty() => Ok(()),
        names => Err(FileError::UnexpectedArrays { place: place.to_owned(), names: names.clone() }),
    }
}
