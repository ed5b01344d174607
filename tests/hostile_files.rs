//! Files that lie, readers that stop, places that are no files: each is an error with its cause, or is read as it is.

use congruent::io::npz::{Compression, write_npz};
use congruent::io::raw::RawArray;
use congruent::io::safetensors::write_safetensors;
use congruent::io::{FileError, NpzFile, SafetensorsFile};
use congruent::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

dims! { Rows = ?, Columns = ? }

fn folder() -> (TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name))
}

fn words<T>(result: Result<T, FileError>) -> String {
    result.map(drop).expect_err("it is refused").to_string()
}

fn npy(descr: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
    [b"\x93NUMPY\x01\x00", &(text.len() as u16).to_le_bytes()[..], text.as_bytes(), data].concat()
}

/// What takes a second took hours where time was not in proportion to the file.
fn soon<T>(act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    done
}

#[test]
fn one_unknown_dtype_hides_no_other() {
    let rows = [
        r#""scale":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}"#,
        r#""z":{"dtype":"C64","shape":[1],"data_offsets":[1,9]}"#,
        r#""none":{"dtype":"F4","shape":[3,0],"data_offsets":[9,9]}"#,
        r#""w":{"dtype":"F32","shape":[1],"data_offsets":[9,13]}"#,
    ];
    let header = format!("{{{}}}", rows.join(","));
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend([0; 9]);
    bytes.extend(1.5f32.to_le_bytes());
    let mut file = SafetensorsFile::from_reader(Cursor::new(&bytes), "memory").expect("a good file");
    assert_eq!(file.tensor::<Shape![1], f32>("w").expect("a known dtype").as_slice(), [1.5]);
    for (name, dtype) in [("scale", "F8_E4M3"), ("z", "C64"), ("none", "F4")] {
        assert!(words(file.get(name)).contains(&format!("tensor `{name}`: dtype {dtype} is not among BOOL, ")));
        assert!(words(file.tensor::<Shape![1], f32>(name)).contains(dtype), "{name}");
        assert_eq!(file.entry(name).expect("it is listed").dtype.to_string(), dtype);
    }
    // A model that takes the tensor is told which one it is.
    let (_folder, path) = folder();
    std::fs::write(path("m"), &bytes).expect("a writable folder");
    let mut model: Param<Shape![1]> = Cpu.tensor([0.0]).into();
    assert!(model.load(path("m")).is_err() && model.as_slice() == [0.0]);
}

#[test]
fn every_name_of_a_dtype_is_read_as_numpy_reads_it() {
    let (_folder, path) = folder();
    let save = |descr: &str, data: &[u8]| {
        std::fs::write(path("a.npy"), npy(descr, "False", "(2,)", data)).expect("a writable folder");
        path("a.npy")
    };
    for descr in ["?", "bool", "|b1", "b1"] {
        let x = Tensor::<Shape![2], bool>::load_npy(save(descr, &[0, 1])).expect(descr);
        assert_eq!(x.as_slice(), [false, true], "{descr}");
    }
    let little: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    for descr in ["<f4", "f4", "=f4", "float32", "f", "single", "<f", "|f4"] {
        let x = Tensor::<Shape![2]>::load_npy(save(descr, &little)).expect(descr);
        assert_eq!(x.as_slice(), [1.5, -2.0], "{descr}");
    }
    let big: Vec<u8> = [1.5f64, -2.0].iter().flat_map(|x| x.to_be_bytes()).collect();
    for descr in [">f8", ">d"] {
        let x = Tensor::<Shape![2], f64>::load_npy(save(descr, &big)).expect(descr);
        assert_eq!(x.as_slice(), [1.5, -2.0], "{descr}");
    }
    for descr in [">float32", "c8", "complex64", "U4", "V2", "object", "O", "f16", "M8[s]"] {
        assert!(Tensor::<Shape![2]>::load_npy(save(descr, &little)).is_err(), "{descr}");
    }
}

#[test]
fn an_array_in_fortran_order_takes_time_in_proportion() {
    let (_folder, path) = folder();
    let ones = "1, ".repeat(62);
    let file = npy("|u1", "True", &format!("({ones}1024, 1024)"), &[1; 1 << 20]);
    std::fs::write(path("a.npy"), file).expect("a writable folder");
    soon(|| congruent::io::npy::read_npy(path("a.npy")).expect("64 axes"));
    std::fs::write(path("b.npy"), npy("|u1", "True", &format!("({})", "1, ".repeat(20_000)), &[1])).expect("writable");
    let error = soon(|| words(congruent::io::npy::read_npy(path("b.npy"))));
    assert!(error.contains("20000 axes, NumPy has 64 at most"), "{error}");
    // 1000 rows of 7 columns, down the columns, in more than one portion.
    let values: Vec<u8> =
        (0..7i64).flat_map(|j| (0..20_000i64).flat_map(move |i| (10 * i + j).to_be_bytes())).collect();
    std::fs::write(path("c.npy"), npy(">i8", "True", "(20000, 7)", &values)).expect("a writable folder");
    let x = Tensor::<(Rows, D<7>), i64>::load_npy(path("c.npy")).expect("a good file");
    assert!(x.as_slice().iter().enumerate().all(|(at, &x)| x == 10 * (at as i64 / 7) + at as i64 % 7));
}

#[test]
fn many_arrays_of_an_archive_are_found_at_once() {
    let (_folder, path) = folder();
    let x = Cpu.tensor([1.0f32]).to_raw();
    let arrays: Vec<(String, &RawArray)> = (0..20_000).map(|i| (format!("layers.{i}.w"), &x)).collect();
    soon(|| write_npz(path("a.npz"), &arrays, Compression::Stored).expect("a writable folder"));
    soon(|| {
        let mut file = NpzFile::open(path("a.npz")).expect("our own file");
        for name in file.names().to_vec() {
            assert_eq!(file.tensor::<Shape![1], f32>(&name).expect("our own array").as_slice(), [1.0]);
        }
        let error = words(file.get("layers.5.x"));
        assert!(error.contains("and 19988 more; nearest name: `layers."), "{error}");
    });
}

/// A shape that does not fit is told before an array is unpacked.
#[test]
fn a_bomb_is_not_unpacked_for_a_tensor_that_it_is_not() {
    let (_folder, path) = folder();
    let zeros = RawArray::from_values(&[1 << 25], &vec![0u8; 1 << 25]).expect("they agree");
    write_npz(path("a.npz"), &[("w", zeros)], Compression::Deflated).expect("a writable folder");
    let mut file = NpzFile::open(path("a.npz")).expect("our own file");
    let start = Instant::now();
    for _ in 0..100 {
        assert!(words(file.tensor::<Shape![3], u8>("w")).contains("the file holds shape [33554432], wanted [3]"));
        assert!(words(file.tensor::<(Rows,), f32>("w")).contains("the file holds U8, wanted F32"));
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let mut file = file.with_limit(1 << 20);
    assert!(matches!(file.tensor::<(Rows,), u8>("w"), Err(FileError::TooLarge { .. })));
}

/// Gives a few bytes at a time, is interrupted now and then, and ends or fails where it is told to.
struct Unsteady<'a> {
    rest: &'a [u8],
    calls: usize,
    fails: bool,
}

impl Read for Unsteady<'_> {
    fn read(&mut self, memory: &mut [u8]) -> std::io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        if self.rest.is_empty() && self.fails {
            return Err(std::io::Error::other("the cable was pulled"));
        }
        let count = memory.len().min(7);
        self.rest.read(&mut memory[..count])
    }
}

#[test]
fn streams_end_and_fail_anywhere() {
    use congruent::io::npy::read_npy_from;
    let file = npy(">f4", "True", "(2, 3)", &[7; 24]);
    let twice = [&file[..], &file].concat();
    let mut steady = Unsteady { rest: &twice, calls: 0, fails: false };
    let first = read_npy_from(&mut steady, "a", 100).expect("the first");
    assert_eq!(read_npy_from(&mut steady, "a", 100).expect("the second"), first);
    assert!(matches!(read_npy_from(&mut steady, "a", 100), Err(FileError::Truncated { found: 0, .. })));
    for length in 0..file.len() {
        let cut = |fails| read_npy_from(Unsteady { rest: &file[..length], calls: 0, fails }, "a", 100);
        assert!(matches!(cut(false), Err(FileError::Truncated { .. })), "{length}");
        assert_eq!(words(cut(true)), "cannot read a: the cable was pulled", "{length}");
    }
    let text = b"a,b\n1,2\n3,4";
    let csv = congruent::io::csv::Csv::new();
    let read = |fails| csv.read_from::<_, D<2>, f32>(Unsteady { rest: text, calls: 0, fails }, "a.csv", Rows);
    assert_eq!(read(false).expect("a good text").as_slice(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(words(read(true)), "cannot read a.csv: the cable was pulled");
}

#[test]
fn a_stream_that_takes_no_more_is_told() {
    struct Room(usize);
    impl std::io::Write for Room {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let count = bytes.len().min(self.0);
            self.0 -= count;
            if count > 0 { Ok(count) } else { Err(std::io::ErrorKind::StorageFull.into()) }
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let x = Cpu.tensor([1.0, 2.0]).to_raw();
    let save = |room| congruent::io::npy::write_npy_to(Room(room), "a", &x);
    for room in 0..136 {
        assert_eq!(words(save(room)), "cannot write a: no storage space", "{room}");
    }
    assert!(save(136).is_ok());
}

/// Pipes of our own; a file has a length, and they have none.
#[cfg(unix)]
#[test]
fn pipes_are_read_and_written() {
    use std::thread;
    let (_folder, path) = folder();
    let pipe = path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("a command of every Unix").success());
    let x = Cpu.from_fn((Rows(300), D::<200>), |i| i as f32);
    let send = |x: Tensor<(Rows, D<200>)>| {
        let pipe = pipe.clone();
        thread::spawn(move || x.save_npy(pipe))
    };
    let sender = send(x.clone());
    assert_eq!(Tensor::<(Rows, D<200>)>::load_npy(&pipe).expect("what was sent"), x);
    sender.join().expect("no panic").expect("a pipe takes it");
    let sender = send(x.clone());
    assert!(matches!(Tensor::<(Rows, D<201>)>::load_npy(&pipe), Err(FileError::WrongShape { .. })));
    let _ = sender.join().expect("no panic");

    // Archives and models are read by seeking, so only what arrives is looked at.
    type Save = fn(&std::path::Path, &RawArray) -> Result<(), FileError>;
    let saves: [(Save, &str); 3] = [
        (|path, x| write_npz(path, &[("x", x), ("y", x)], Compression::Stored), "npz"),
        (|path, x| write_npz(path, &[("x", x), ("y", x)], Compression::Deflated), "npz"),
        (|path, x| write_safetensors(path, &[("x", x), ("y", x)], &BTreeMap::new()), "safetensors"),
    ];
    for (save, kind) in saves {
        let (to, raw) = (pipe.clone(), x.to_raw());
        let sender = thread::spawn(move || save(&to, &raw));
        let bytes = std::fs::read(&pipe).expect("what was sent");
        sender.join().expect("no panic").expect("a pipe takes it");
        let again = match kind {
            "npz" => NpzFile::from_reader(Cursor::new(bytes), "a").expect("an archive").tensor("y"),
            _ => SafetensorsFile::from_reader(Cursor::new(bytes), "a").expect("a file").tensor("y"),
        };
        assert_eq!(again.expect("our own array"), x);
        assert!(std::os::unix::fs::FileTypeExt::is_fifo(&std::fs::metadata(&pipe).expect("still there").file_type()));
    }
}

/// A device that is always full, a node of our own; who may not make one has the tests of the parts.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_by_every_writer() {
    let (_folder, path) = folder();
    let full = path("full");
    let made = std::process::Command::new("mknod").arg(&full).args(["c", "1", "7"]).output();
    if !made.is_ok_and(|made| made.status.success()) || std::fs::write(&full, "").is_err() {
        return;
    }
    let x = Cpu.full((Rows(300), D::<100>), 0.1);
    let raw = x.to_raw();
    let model: Param<(Rows, D<100>)> = x.clone().into();
    let optimizer = Sgd::new(&model, 0.1);
    let saves: [(&str, Result<(), FileError>); 7] = [
        ("npy", x.save_npy(&full)),
        ("stored", write_npz(&full, &[("x", &raw)], Compression::Stored)),
        ("deflated", write_npz(&full, &[("x", &raw)], Compression::Deflated)),
        ("safetensors", write_safetensors(&full, &[("x", &raw)], &BTreeMap::new())),
        ("csv", congruent::io::csv::write_csv(&full, &x)),
        ("model", model.save(&full)),
        ("checkpoint", congruent::io::Checkpoint::new().save(&full, &model, &optimizer)),
    ];
    for (name, saved) in saves {
        let error = saved.expect_err(name);
        let FileError::Io { doing: "write", cause, .. } = &error else { panic!("{name}: {error}") };
        assert_eq!(cause.kind(), std::io::ErrorKind::StorageFull, "{name}: {error}");
        assert!(error.to_string().ends_with("full: No space left on device (os error 28)"), "{name}: {error}");
    }
}

#[test]
fn errors_tell_their_cause_once() {
    use std::error::Error as _;
    let (_folder, path) = folder();
    let x = Cpu.tensor([1.0]);
    std::fs::create_dir(path("is_a_folder")).expect("a writable folder");
    let chain = |error: FileError| {
        let mut text = error.to_string();
        let mut next = error.source();
        while let Some(error) = next {
            text = format!("{text} <- {error}");
            next = error.source();
        }
        text
    };
    let errors = [
        (chain(x.save_npy(path("is_a_folder")).expect_err("a folder")), "is a directory"),
        (chain(x.save_npy(path("none/x.npy")).expect_err("no folder")), "No such file"),
        (chain(NpzFile::open(path("none")).map(drop).expect_err("no file")), "No such file"),
        (chain(SafetensorsFile::open(path("is_a_folder")).map(drop).expect_err("a folder")), "directory"),
        (chain(NpzFile::from_reader(Cursor::new(b"PK"), "a").map(drop).expect_err("no zip")), "EOCD"),
    ];
    for (text, cause) in errors {
        assert_eq!(text.to_lowercase().matches(&cause.to_lowercase()).count(), 1, "{text}");
    }
}

/// A reader has the file that it opened, whatever takes its name meanwhile.
#[test]
fn a_file_that_is_replaced_is_read_to_its_end() {
    let (_folder, path) = folder();
    let file = path("a.safetensors");
    let save = |value: f32| {
        let x = Cpu.full((D::<300>, D::<300>), value).to_raw();
        write_safetensors(&file, &[("x", &x), ("y", &x)], &BTreeMap::new()).expect("a writable folder");
    };
    save(1.0);
    let mut old = SafetensorsFile::open(&file).expect("our own file");
    let before = old.tensor::<Shape![300, 300], f32>("x").expect("our own tensor");
    save(2.0);
    assert_eq!(old.tensor::<Shape![300, 300], f32>("y").expect("the old tensor"), before);
    let mut new = SafetensorsFile::open(&file).expect("our own file");
    assert_eq!(new.tensor::<Shape![300, 300], f32>("y").expect("the new tensor").as_slice()[9], 2.0);
}

#[test]
fn long_lines_of_text_cost_what_their_numbers_cost() {
    let csv = congruent::io::csv::Csv::new();
    let commas = vec![b','; 3 << 20];
    let wide = csv.read_from::<_, D<3>, f32>(&commas[..], "a.csv", Rows);
    assert_eq!(words(wide), "a.csv: 3145729 columns, wanted D<3>");
    let named = csv.clone().columns(["x"]).read_from::<_, D<1>, f32>(&commas[..], "a.csv", Rows);
    assert!(words(named).starts_with("a.csv: no column `x`, the header has ``, ``"));
    let titled = csv.clone().header(true);
    let empty = titled.read_from::<_, Columns, f32>(&commas[..], "a.csv", Rows).expect("a header alone");
    assert_eq!((empty.shape().0, empty.shape().1.size()), (Rows(0), 3_145_729));
    let none = congruent::io::csv::Missing::Nan;
    let row = csv.header(false).missing(none).read_from::<_, Columns, f32>(&commas[..], "a.csv", Rows);
    assert!(row.expect("a row").as_slice().iter().all(|x| x.is_nan()));
}

type Table = Tensor<(Rows, D<3>)>;

/// A format: how a file of it is written, and how its bytes are read as a tensor and as an array.
struct Format {
    name: &'static str,
    write: fn(&std::path::Path, &Table) -> Result<(), FileError>,
    typed: fn(&std::path::Path) -> Result<Table, FileError>,
    raw: fn(&std::path::Path) -> Result<RawArray, FileError>,
}

const FORMATS: [Format; 4] = [
    Format {
        name: "npy",
        write: |path, x| x.save_npy(path),
        typed: |path| Tensor::load_npy(path),
        raw: |path| congruent::io::npy::read_npy(path),
    },
    Format {
        name: "npz, stored",
        write: |path, x| write_npz(path, &[("y", Cpu.tensor([true]).to_raw()), ("x", x.to_raw())], Compression::Stored),
        typed: |path| NpzFile::open(path)?.tensor("x"),
        raw: |path| NpzFile::open(path)?.get("x"),
    },
    Format {
        name: "npz, deflated",
        write: |path, x| write_npz(path, &[("x", x.to_raw())], Compression::Deflated),
        typed: |path| NpzFile::open(path)?.tensor("x"),
        raw: |path| NpzFile::open(path)?.get("x"),
    },
    Format {
        name: "safetensors",
        write: |path, x| {
            let tensors = [("y", Cpu.tensor([true]).to_raw()), ("x", x.to_raw())];
            write_safetensors(path, &tensors, &BTreeMap::from([("a".to_owned(), "b".to_owned())]))
        },
        typed: |path| SafetensorsFile::open(path)?.tensor("x"),
        raw: |path| SafetensorsFile::open(path)?.get("x"),
    },
];

/// Damage is an error, or what is read is what an array of the same bytes is: both ways say the same.
#[test]
fn damage_is_seen_by_every_reader() {
    let (_folder, path) = folder();
    let file = path("file");
    let x: Table = Cpu.from_fn((Rows(5), D::<3>), |i| i as f32 - 0.5);
    for (format, Format { name, write, typed, raw }) in FORMATS.iter().enumerate() {
        write(&file, &x).expect("a writable folder");
        let good = std::fs::read(&file).expect("it was just written");
        let read = |bytes: &[u8]| {
            // In place: the file is not the object of this test.
            std::fs::write(&file, bytes).expect("a writable folder");
            let (typed, raw) = (typed(&file), raw(&file).and_then(|array| array.tensor("x")));
            let same = match (&typed, &raw) {
                (Ok(typed), Ok(raw)) => typed.to_raw() == Table::to_raw(raw),
                (Err(_), Err(_)) => true,
                _ => false,
            };
            assert!(same, "{name}: {typed:?} and {raw:?} of {}", bytes.escape_ascii());
            typed
        };
        assert_eq!(read(&good).expect("our own file"), x);
        for length in 0..good.len() {
            assert!(read(&good[..length]).is_err(), "{name}: {length} of {}", good.len());
        }
        assert!(name.starts_with("npz") || read(&[&good[..], b"\0"].concat()).is_err(), "{name}: a byte more");
        let (key, mut refused) = (Key::new(format as u64), 0);
        for i in 0..1500 {
            let mut damaged = good.clone();
            for flip in 0..1 + i % 3 {
                damaged[key.below(8 * i + flip, good.len() as u64) as usize] ^= 1 << key.below(8 * i + 4 + flip, 8);
            }
            refused += u32::from(read(&damaged).is_err());
        }
        assert!(refused > 100, "{name}: {refused} were refused");
    }
}

#[test]
fn places_that_are_no_files_are_refused_by_every_reader_and_writer() {
    let (_folder, path) = folder();
    let x: Table = Cpu.from_fn((Rows(5), D::<3>), |i| i as f32);
    std::fs::create_dir(path("folder")).expect("a writable folder");
    std::fs::write(path("empty"), "").expect("a writable folder");
    for Format { name, write, typed, raw } in FORMATS {
        for place in ["folder", "empty", "none", "none/x", "folder/", "empty/x"] {
            assert!(typed(&path(place)).is_err() && raw(&path(place)).is_err(), "{name} from {place}");
        }
        for place in ["folder", "none/x", "none/", "empty/x"] {
            let error = write(&path(place), &x).expect_err(name);
            assert!(matches!(error, FileError::Io { doing: "write", .. }), "{name} to {place}: {error}");
        }
        write(&path("empty"), &x).expect("it is a file");
        assert_eq!(typed(&path("empty")).expect("our own file"), x, "{name}");
        std::fs::write(path("empty"), "").expect("a writable folder");
    }
    let mut names: Vec<_> =
        std::fs::read_dir(path("")).expect("our folder").map(|entry| entry.expect("it").file_name()).collect();
    names.sort();
    assert_eq!(names, ["empty", "folder"]);
}
