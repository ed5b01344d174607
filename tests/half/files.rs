//! Files: every bit pattern comes back, and formats without a 16-bit brain float say so.

use super::bits::all;
use super::{Half, Len, both};
use congruent::dtype::Elem;
use congruent::io::npz::{Compression, write_npz};
use congruent::io::safetensors::write_safetensors;
use congruent::io::{NpzFile, SafetensorsFile, csv::Csv};
use congruent::prelude::*;

fn bits<E: Half>(x: &Tensor<(Len,), E>) -> Vec<u16> {
    x.as_slice().iter().map(|x| x.bits()).collect()
}

fn safetensors_keep_every_pattern<E: Half>() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, x) = (folder.path().join("a.safetensors"), all::<E>());
    write_safetensors(&path, &[("x", x.to_raw())], &Default::default()).expect("a writable folder");
    let mut file = SafetensorsFile::open(&path).expect("our own file");
    assert_eq!(bits(&file.tensor::<(Len,), E>("x").expect("our own tensor")), bits(&x));
    let header = std::fs::read(&path).expect("it is there");
    let name = format!("\"dtype\":\"{}\"", E::NAME.to_uppercase());
    assert!(String::from_utf8_lossy(&header[..200]).contains(&name), "the header names the type");
    let error = file.tensor::<(Len,), f32>("x").expect_err("another type").to_string();
    assert_eq!(error, format!("x: the file holds {}, wanted F32", E::NAME.to_uppercase()));
}

fn models_come_back<E: Half>() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("net.safetensors");
    let net: Linear<D<3>, D<2>, Weights<E>> = Linear::<D<3>, D<2>>::new(Key::new(1)).cast();
    let mut again: Linear<D<3>, D<2>, Weights<E>> = Linear::<D<3>, D<2>>::new(Key::new(2)).cast();
    net.save(&path).expect("a writable folder");
    again.load(&path).expect("our own file");
    assert_eq!(again.weight.tensor(), net.weight.tensor());
    let mut single = Linear::<D<3>, D<2>>::new(Key::new(2));
    let error = single.load(&path).expect_err("another type").to_string();
    assert!(error.contains(&format!("the file holds {}, wanted F32", E::NAME.to_uppercase())), "{error}");
}

fn tables_come_back<E: Half>() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.csv");
    let x: Tensor<(Len, D<2>), E> = super::uniform((Len(17), D::<2>), 1);
    Csv::new().write(&path, &x).expect("a writable folder");
    let y: Tensor<(Len, D<2>), E> = Csv::new().read(&path, Len).expect("our own file");
    assert_eq!(x, y);
}

both! {
    safetensors_hold_both: safetensors_keep_every_pattern;
    models_are_saved_and_loaded: models_come_back;
    comma_separated_values: tables_come_back;
}

#[test]
fn npy_and_npz_hold_f16() {
    let folder = tempfile::tempdir().expect("a folder");
    let (npy, npz, x) = (folder.path().join("a.npy"), folder.path().join("a.npz"), all::<f16>());
    x.save_npy(&npy).expect("a writable folder");
    assert!(String::from_utf8_lossy(&std::fs::read(&npy).expect("it is there")[..100]).contains("'descr': '<f2'"));
    assert_eq!(bits(&Tensor::<(Len,), f16>::load_npy(&npy).expect("our own file")), bits(&x));
    write_npz(&npz, &[("x", x.to_raw())], Compression::Deflated).expect("a writable folder");
    let mut file = NpzFile::open(&npz).expect("our own file");
    assert_eq!(bits(&file.tensor::<(Len,), f16>("x").expect("our own tensor")), bits(&x));
    assert!(file.tensor::<(Len,), bf16>("x").is_err());
}

#[test]
fn npy_has_no_bf16_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (npy, npz, x) = (folder.path().join("a.npy"), folder.path().join("a.npz"), all::<bf16>());
    let error = x.save_npy(&npy).expect_err("NumPy has no code for it").to_string();
    assert!(error.contains("BF16"), "{error}");
    let error = write_npz(&npz, &[("x", x.to_raw())], Compression::Stored).expect_err("nor here").to_string();
    assert!(error.contains("BF16"), "{error}");
    assert!(!npy.exists() && !npz.exists(), "nothing is left behind");
    assert_eq!(bf16::NAME, "bf16");
}
