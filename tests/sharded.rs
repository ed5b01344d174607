//! Models over several safetensors files: read as one, opened where they are asked for, and every way to be wrong.

use congruent::io::safetensors::write_safetensors;
use congruent::io::{Checkpoint, FileError, Import, SafetensorsFile, SafetensorsIndex};
use congruent::prelude::*;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

type Net = (Linear<D<3>, D<4>>, Linear<D<4>, D<2>>);

const FIRST: &str = "model-00001-of-00002.safetensors";
const SECOND: &str = "model-00002-of-00002.safetensors";

fn net(seed: u64) -> Net {
    let mut keys = Keys::new(seed);
    (Linear::new(keys.next_key()), Linear::new(keys.next_key()))
}

fn values(net: &Net) -> Vec<(String, Vec<f32>)> {
    let mut all = Vec::new();
    net.visit(|name, _, values| all.push((name.to_owned(), values.to_vec())));
    all
}

/// A folder with two shards and an index, of which each test spoils what it is about.
struct Folder(TempDir);

impl Folder {
    /// The layers of a net, one a shard, each name behind a prefix.
    fn of(net: &Net, prefix: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for temporary files"));
        let name = |name: &str| format!("{prefix}{name}");
        let first =
            [(name("0.weight"), net.0.weight.tensor().to_raw()), (name("0.bias"), net.0.bias.tensor().to_raw())];
        let second =
            [(name("1.weight"), net.1.weight.tensor().to_raw()), (name("1.bias"), net.1.bias.tensor().to_raw())];
        let mut map = Vec::new();
        for (shard, tensors) in [(FIRST, first), (SECOND, second)] {
            write_safetensors(folder.path(shard), &tensors, &Default::default()).expect("a writable folder");
            map.extend(tensors.map(|(name, _)| format!(r#""{name}": "{shard}""#)));
        }
        folder.index(&format!(r#"{{"metadata": {{"total_size": 104}}, "weight_map": {{{}}}}}"#, map.join(", ")));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the index.
    fn index(&self, text: &str) -> PathBuf {
        fs::write(self.json(), text).expect("a writable folder");
        self.json()
    }

    fn json(&self) -> PathBuf {
        self.path("model.safetensors.index.json")
    }

    /// What an error says, behind the path of the index.
    fn told(&self, error: FileError) -> String {
        let (text, index) = (error.to_string(), self.json().display().to_string());
        assert!(text.contains(&index), "{text}");
        text.replace(&index, "INDEX")
    }
}

#[test]
fn shards_are_read_as_one_file() {
    let net = net(1);
    let folder = Folder::of(&net, "");
    let mut file = SafetensorsIndex::open(folder.json()).expect("a good index");
    assert_eq!(file.names(), ["0.weight", "0.bias", "1.weight", "1.bias"]);
    assert_eq!((file.shards().collect::<Vec<_>>(), file.total_size()), (vec![FIRST, SECOND], Some(104)));
    assert_eq!(file.shard_of("1.bias").expect("it is listed"), SECOND);
    assert_eq!(file.entry("1.weight").expect("it is there").shape, [4, 2]);
    assert_eq!(file.get("0.bias").expect("it is there"), net.0.bias.tensor().to_raw());
    assert_eq!(file.tensor::<Shape![4, 2], f32>("1.weight").expect("it is there"), net.1.weight.tensor());
    let error = file.tensor::<Shape![2, 4], f32>("1.weight").expect_err("another shape").to_string();
    assert_eq!(error, "1.weight: the file holds shape [4, 2], wanted [2, 4], which is (D<2>, D<4>)");
}

#[test]
fn models_load_by_the_index_as_by_a_single_file() {
    let theirs = net(1);
    let folder = Folder::of(&theirs, "");
    let mut ours = net(2);
    ours.load(folder.json()).expect("a good index");
    assert_eq!(values(&ours), values(&theirs));

    // A whole file of the same model says the same of what does not match.
    theirs.save(folder.path("whole")).expect("a writable folder");
    let (first, second) = net(3);
    let mut more = (first, second, Linear::<D<2>, D<2>>::new(Key::new(4)));
    let [split, whole] = [folder.json(), folder.path("whole")].map(|path| more.load_matching(path));
    let split = split.expect("a good index");
    assert_eq!(split.missing, ["2.weight", "2.bias"]);
    assert_eq!(split, whole.expect("a good file"));

    // Names of another program, matrices the other way round.
    let folder = Folder::of(&theirs, "encoder.");
    let mut ours = net(5);
    let import = Import::new().rename(|name| name.replace("encoder.", ""));
    ours.load_with(folder.json(), &import).expect("a good index");
    assert_eq!(values(&ours), values(&theirs));
    let error = ours.load_with(folder.json(), &Import::pytorch().rename(|name| name.replace("encoder.", "")));
    assert!(matches!(error, Err(FileError::WrongShape { found, .. }) if found == [3, 4]));
}

/// What is not asked for may be anywhere, or nothing.
#[test]
fn only_shards_that_are_asked_for_are_opened() {
    let theirs = net(1);
    let folder = Folder::of(&theirs, "");
    fs::write(folder.path(SECOND), "no safetensors file").expect("a writable folder");
    let mut file = SafetensorsIndex::open(folder.json()).expect("a good index");
    assert!(file.get("0.bias").is_ok() && file.get("1.bias").is_err());
    let mut ours = net(2);
    let before = values(&ours);
    let error = folder.told(ours.load(folder.json()).expect_err("the second shard is spoilt"));
    assert!(error.starts_with(&format!("INDEX, shard `{SECOND}`: ")), "{error}");
    assert_eq!(values(&ours), before, "nothing has changed");

    fs::remove_file(folder.path(SECOND)).expect("it is there");
    let only = Import::new().only(|name| name.starts_with("0."));
    let unmatched = ours.load_with(folder.json(), &only.partial()).expect("the first shard is good");
    assert_eq!(unmatched.missing, [""; 0]);
    assert_eq!(values(&ours)[..2], values(&theirs)[..2]);
    assert_eq!(values(&ours)[2..], before[2..]);
    let error = folder.told(ours.load(folder.json()).expect_err("there is no second shard"));
    let text = format!("cannot read INDEX, shard `{SECOND}` of tensor `1.weight`: No such file");
    assert!(error.starts_with(&text), "{error}");
}

#[test]
fn what_is_wrong_is_told_with_index_shard_and_tensor() {
    let net = net(1);
    let folder = Folder::of(&net, "");
    let mut file = SafetensorsIndex::open(folder.json()).expect("a good index");
    let error = folder.told(file.get("1.weigth").expect_err("a wrong name"));
    assert!(error.starts_with("INDEX: no array `1.weigth`, the file has `0.weight`, "), "{error}");
    assert!(error.ends_with("nearest name: `1.weight`"), "{error}");

    // The index promises what the shard has not; a name that a model must have is not passed over as missing.
    let path = folder.index(&format!(r#"{{"weight_map": {{"0.weight": "{FIRST}", "0.bias": "{SECOND}"}}}}"#));
    let text = format!("INDEX, shard `{SECOND}`: no array `0.bias`, the file has `1.weight`, `1.bias`");
    let mut file = SafetensorsIndex::open(&path).expect("a good text");
    assert!(folder.told(file.get("0.bias").expect_err("it is elsewhere")).starts_with(&text));
    let mut model = Linear::<D<3>, D<4>>::new(Key::new(1));
    let named = Import::new().rename(|name| name.replace("0.", "")).partial();
    assert!(folder.told(model.load_with(&path, &named).expect_err("it is elsewhere")).starts_with(&text));
}

/// Whoever opens one format as the other is told which it is.
#[test]
fn other_formats_are_told_by_their_first_bytes() {
    let folder = Folder::of(&net(1), "");
    let mut model = net(2);
    for error in [
        SafetensorsFile::open(folder.json()).map(drop).expect_err("an index"),
        Checkpoint::load_model(folder.json(), &mut model).map(drop).expect_err("an index"),
    ] {
        assert_eq!(folder.told(error), "INDEX: JSON; an index is opened by `SafetensorsIndex`");
    }
    let pretty = folder.index("\n{\n  \"weight_map\": {}\n}");
    assert!(
        model.load(pretty).expect_err("it is empty").to_string().contains("no array `0.weight`, the file has none")
    );
    let gguf = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tiny.gguf");
    let error = SafetensorsFile::open(gguf).expect_err("another format").to_string();
    assert!(error.ends_with("tiny.gguf: a GGUF file, which is opened by `GgufFile`"), "{error}");
    let error = SafetensorsIndex::open(folder.path(FIRST)).expect_err("a shard").to_string();
    assert!(error.contains("not an index of safetensors files: "), "{error}");
    // A header of 8827 bytes begins with `{` and a quote, and is one of safetensors.
    let text = format!("{{\"__metadata__\":{{}}{}}}", " ".repeat(8827 - 19));
    fs::write(folder.path("long"), [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()).expect("writable");
    assert!(fs::read(folder.path("long")).expect("it is there").starts_with(b"{\""));
    assert!(SafetensorsFile::open(folder.path("long")).expect("a good file").entries().is_empty());
    assert!(model.load(folder.path("long")).expect_err("it is empty").to_string().contains("the file has none"));
}

#[test]
fn indices_that_are_none_are_refused() {
    let folder = Folder::of(&net(1), "");
    let refused = |text: &str| folder.told(SafetensorsIndex::open(folder.index(text)).expect_err(text));
    let cases = [
        ("", "not an index of safetensors files: EOF"),
        ("{}", "not an index of safetensors files: missing field `weight_map`"),
        ("[\"weight_map\"]", "expected a map of metadata and weight_map"),
        (r#"{"weight_map": {"a": "x"}, "weight_map": {}}"#, "duplicate field `weight_map`"),
        (r#"{"metadata": {}, "metadata": {}, "weight_map": {}}"#, "duplicate field `metadata`"),
        (r#"{"weight_map": {"a": "x", "b": "x", "a": "y"}}"#, "two tensors are named `a`"),
        (r#"{"weight_map": {"a": 3}}"#, "expected a string"),
        (r#"{"weight_map": ["a"]}"#, "expected a map from tensor names to files"),
        (r#"{"weight_map": {"a": "\ud800"}}"#, "not an index of safetensors files"),
    ];
    for (text, reason) in cases {
        let error = refused(text);
        assert!(error.starts_with("INDEX: ") && error.contains(reason), "{error}");
    }
    for path in ["../x", "/etc/passwd", "", "a/../../x", "..", "a/.."] {
        let text = refused(&format!(r#"{{"weight_map": {{"w": "{path}"}}}}"#));
        assert_eq!(text, format!("INDEX: tensor `w` is in `{path}`, which is no file in the folder of the index"));
    }
    let deep = format!(r#"{{"metadata": {}}}"#, "[".repeat(100_000));
    assert!(refused(&deep).contains("recursion limit"));
    let good = fs::read_to_string(Folder::of(&net(1), "").json()).expect("our own index");
    for length in 0..good.len() {
        assert!(refused(&good[..length]).starts_with("INDEX: not an index of safetensors files: "), "{length}");
        let mut model = net(2);
        assert!(model.load(folder.json()).is_err(), "{length}");
    }
    assert!(SafetensorsIndex::open(folder.index(&good)).is_ok());
    assert!(matches!(SafetensorsIndex::open(folder.path("none")), Err(FileError::Io { .. })));
    assert!(matches!(SafetensorsIndex::open(folder.0.path()), Err(FileError::Io { .. })));
    // A hole of a terabyte takes no room on the disk, and none in memory.
    fs::File::options().write(true).open(folder.json()).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    let error = folder.told(SafetensorsIndex::open(folder.json()).expect_err("a terabyte"));
    assert_eq!(error, format!("INDEX: {} bytes are declared, the limit is 100000000", 1u64 << 40));
}

/// Shards below the index, names of no tensor's file, and the links of Hugging Face's cache.
#[test]
fn shards_may_lie_below_the_index_and_behind_links() {
    let theirs = net(1);
    let folder = Folder::of(&theirs, "");
    let index = fs::read_to_string(folder.json()).expect("our own index");
    fs::create_dir(folder.path("parts")).expect("a writable folder");
    fs::rename(folder.path(FIRST), folder.path("parts").join(FIRST)).expect("a writable folder");
    folder.index(&index.replace(FIRST, &format!("./parts/{FIRST}")));
    let mut ours = net(2);
    ours.load(folder.json()).expect("a good index");
    assert_eq!(values(&ours), values(&theirs));

    #[cfg(unix)]
    {
        let snapshot = tempfile::tempdir().expect("a folder for temporary files");
        let link = |from: PathBuf, name: &str| std::os::unix::fs::symlink(from, snapshot.path().join(name));
        folder.index(&index);
        link(folder.path("parts").join(FIRST), FIRST).expect("a writable folder");
        link(folder.path(SECOND), SECOND).expect("a writable folder");
        link(folder.json(), "index.json").expect("a writable folder");
        let mut ours = net(3);
        ours.load(snapshot.path().join("index.json")).expect("a good index");
        assert_eq!(values(&ours), values(&theirs));
    }
}
