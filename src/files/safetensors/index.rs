//! A model over several files: an index of JSON says which of them, the shards, has a tensor.
//!
//! Apart from `read` because here a name leads to a file before it leads to bytes: shards are opened when one of their
//! tensors is asked for, and the paths of strangers stay in the folder of the index.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Component, Path, PathBuf};

use serde_core::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde_core::{Deserialize, Deserializer};
use serde_json::Value;

use super::header::{once, refuse_twice};
use super::read::{LONGEST_HEADER, SafetensorsFile};
use crate::files::declared::{read_exactly, within};
use crate::files::entry::{NamedTensors, TensorEntry};
use crate::files::error::FileError;
use crate::files::raw::RawArray;

/// An open `model.safetensors.index.json`: the tensors of several safetensors files, its shards, read as one file.
///
/// The text is Hugging Face's: `weight_map` has the shard of each tensor, by its path beside the index, and `metadata`
/// may have the bytes of all, `total_size`. The index decides: what a shard has beyond it is not seen. A shard is
/// opened when one of its tensors is asked for, and stays open. Models are [loaded](crate::io::Persist::load) by the
/// path of the index as by that of a single file.
///
/// ```
/// use congruent::{io::{SafetensorsIndex, safetensors::write_safetensors}, prelude::*};
///
/// let folder = tempfile::tempdir()?;
/// let [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
/// let (weight, bias) = (Cpu.tensor([[1.0, 2.0]]), Cpu.tensor([0.5, 0.25]));
/// write_safetensors(folder.path().join(first), &[("weight", weight.to_raw())], &Default::default())?;
/// write_safetensors(folder.path().join(second), &[("bias", bias.to_raw())], &Default::default())?;
/// let path = folder.path().join("model.safetensors.index.json");
/// let map = format!(r#"{{"weight": "{first}", "bias": "{second}"}}"#);
/// std::fs::write(&path, format!(r#"{{"metadata": {{"total_size": 16}}, "weight_map": {map}}}"#))?;
///
/// let mut file = SafetensorsIndex::open(&path)?;
/// assert_eq!((file.names(), file.total_size()), (&["weight".to_owned(), "bias".to_owned()][..], Some(16)));
/// assert_eq!(file.shard_of("bias")?, second);
/// assert_eq!(file.tensor::<Shape![1, 2], f32>("weight")?, weight);
///
/// let mut model = Linear::<D<1>, D<2>>::new(Key::new(0));
/// model.load(&path)?;
/// assert_eq!(model.bias.as_slice(), [0.5, 0.25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SafetensorsIndex {
    place: String,
    folder: PathBuf,
    total_size: Option<u64>,
    names: Vec<String>,
    /// The number of each tensor's shard.
    places: HashMap<String, usize>,
    shards: Vec<Shard>,
}

/// A shard, by its path beside the index, and the file once it was opened.
#[derive(Debug)]
struct Shard {
    path: String,
    file: Option<SafetensorsFile>,
}

impl SafetensorsIndex {
    /// Opens an index. No shard is opened, or looked for, yet.
    ///
    /// # Errors
    /// [`FileError::Format`] where it is not JSON of the right form, names a tensor twice, or has a shard outside of
    /// its folder; [`FileError::TooLarge`] above 100 MB; [`FileError::Io`] where the system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let file = File::open(&path).map_err(FileError::reading(&place))?;
        Self::from_file(file, path.as_ref())
    }

    /// As [`open`](Self::open), of a file that is open already.
    pub(crate) fn from_file(mut file: File, path: &Path) -> Result<Self, FileError> {
        let place = path.display().to_string();
        let length = file.metadata().map_err(FileError::reading(&place))?.len();
        let text = read_exactly(&mut file, within(length, LONGEST_HEADER, &place)?, &place)?;
        let index: Index = serde_json::from_slice(&text)
            .map_err(|error| FileError::format_from(&place, "not an index of safetensors files", error))?;
        refuse_twice(index.weight_map.iter().map(|(name, _)| name.as_str()), &place)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let total_size = index.metadata.get("total_size").and_then(Value::as_u64);
        let mut known = HashMap::new();
        let mut own = Self { place, folder, total_size, names: Vec::new(), places: HashMap::new(), shards: Vec::new() };
        for (name, path) in index.weight_map {
            own.refuse_outside(&name, &path)?;
            let shard = *known.entry(path).or_insert_with_key(|path| {
                own.shards.push(Shard { path: path.clone(), file: None });
                own.shards.len() - 1
            });
            own.places.insert(name.clone(), shard);
            own.names.push(name);
        }
        Ok(own)
    }

    /// A shard lies beside the index or below it, whatever links lead there: Hugging Face's cache has links.
    fn refuse_outside(&self, name: &str, path: &str) -> Result<(), FileError> {
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !path.is_empty() && Path::new(path).components().all(inside) {
            return Ok(());
        }
        let what = format!("tensor `{name}` is in `{path}`, which is no file in the folder of the index");
        Err(FileError::format(&self.place, what))
    }

    /// The names of all tensors, in the order of the index.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The paths of all shards beside the index, in the order in which it names them.
    pub fn shards(&self) -> impl ExactSizeIterator<Item = &str> {
        self.shards.iter().map(|shard| shard.path.as_str())
    }

    /// The bytes of all tensors, as far as the index says them; they are not held against the shards.
    pub fn total_size(&self) -> Option<u64> {
        self.total_size
    }

    /// The path of the shard that has a tensor, beside the index.
    ///
    /// # Errors
    /// [`FileError::MissingArray`], with the names that are there and the nearest of them.
    pub fn shard_of(&self, name: &str) -> Result<&str, FileError> {
        self.shard_number(name).map(|shard| self.shards[shard].path.as_str())
    }

    fn shard_number(&self, name: &str) -> Result<usize, FileError> {
        let missing = || FileError::missing(&self.place, name, &self.names);
        self.places.get(name).copied().ok_or_else(missing)
    }

    /// What the header of its shard says of a tensor; the range is one of the shard.
    ///
    /// # Errors
    /// Those of [`shard_of`](Self::shard_of), and those of [`SafetensorsFile::open`] and [`SafetensorsFile::entry`] for
    /// the shard, each with index and shard.
    pub fn entry(&mut self, name: &str) -> Result<&TensorEntry, FileError> {
        let shard = self.shard_number(name)?;
        self.opened(shard, name)?.entry(name)
    }

    /// Reads one tensor.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry) and [`SafetensorsFile::get`].
    pub fn get(&mut self, name: &str) -> Result<RawArray, FileError> {
        let shard = self.shard_number(name)?;
        self.opened(shard, name)?.get(name)
    }

    /// The shard, opened for a tensor unless it is open already.
    fn opened(&mut self, shard: usize, name: &str) -> Result<&mut SafetensorsFile, FileError> {
        let Shard { path, file } = &mut self.shards[shard];
        if file.is_none() {
            let place = format!("{}, shard `{path}`", self.place);
            let found = File::open(self.folder.join(&*path));
            let found = found.map_err(FileError::reading(&format!("{place} of tensor `{name}`")))?;
            *file = Some(SafetensorsFile::from_reader(BufReader::new(found), &place)?);
        }
        Ok(file.as_mut().expect("it was opened"))
    }
}

impl NamedTensors for SafetensorsIndex {
    fn place(&self) -> &str {
        &self.place
    }

    fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.names.iter().map(String::as_str))
    }

    fn find(&mut self, name: &str) -> Result<Option<TensorEntry>, FileError> {
        let Some(&shard) = self.places.get(name) else { return Ok(None) };
        // A tensor that the index promises and the shard has not is an error, not a name that is missing.
        self.opened(shard, name)?.entry(name).map(|entry| Some(entry.clone()))
    }

    fn read_into(&mut self, entry: &TensorEntry, bytes: &mut [u8]) -> Result<(), FileError> {
        let shard = self.shard_number(&entry.name)?;
        self.opened(shard, &entry.name)?.read_into(entry, bytes)
    }
}

/// The text of an index; what else others have added is passed over.
struct Index {
    metadata: Value,
    /// In its own order, and with it what comes twice.
    weight_map: Vec<(String, String)>,
}

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(IndexVisitor)
    }
}

struct IndexVisitor;

impl<'de> Visitor<'de> for IndexVisitor {
    type Value = Index;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map of metadata and weight_map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Index, A::Error> {
        let (mut metadata, mut weight_map) = (None, None);
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "metadata" => once(&mut metadata, "metadata", map.next_value::<Value>()?)?,
                "weight_map" => once(&mut weight_map, "weight_map", map.next_value::<WeightMap>()?)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let WeightMap(weight_map) = weight_map.ok_or_else(|| A::Error::missing_field("weight_map"))?;
        Ok(Index { metadata: metadata.unwrap_or_default(), weight_map })
    }
}

struct WeightMap(Vec<(String, String)>);

impl<'de> Deserialize<'de> for WeightMap {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(WeightMapVisitor)
    }
}

struct WeightMapVisitor;

impl<'de> Visitor<'de> for WeightMapVisitor {
    type Value = WeightMap;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from tensor names to files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WeightMap, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = map.next_entry()? {
            rows.push(row);
        }
        Ok(WeightMap(rows))
    }
}
