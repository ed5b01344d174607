//! Files that other programs wrote for models of their own: other names, matrices turned, more or less in them.
//!
//! Apart from `files`, whose files are ours: here PyTorch's habits are written down as data.

use congruent::io::raw::RawArray;
use congruent::io::safetensors::write_safetensors;
use congruent::io::{FileError, Import};
use congruent::nn::Tanh;
use congruent::prelude::*;
use std::path::PathBuf;

/// A classifier as PyTorch has it: `nn.Linear` (out, in), `nn.BatchNorm1d` with its counter, a square layer.
#[derive(Model)]
struct Net<P: Part = Weights> {
    up: Linear<D<3>, D<4>, P>,
    norm: BatchNorm<D<4>, P>,
    square: Linear<D<4>, D<4>, P>,
    embed: Embedding<D<5>, D<4>, P>,
}

fn net(seed: u64) -> Net {
    let key = Key::new(seed);
    let [up, square, embed] = [0, 1, 2].map(|i| key.fold_in(i));
    Net { up: Linear::new(up), norm: BatchNorm::new(), square: Linear::new(square), embed: Embedding::new(embed) }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, tensors: &[(String, RawArray)]) -> PathBuf {
        let path = self.0.path().join("state_dict.safetensors");
        write_safetensors(&path, tensors, &Default::default()).unwrap();
        path
    }
}

/// What `state_dict()` of the same net in PyTorch holds, under a prefix.
fn state_dict(net: &Net, prefix: &str) -> Vec<(String, RawArray)> {
    let turned = |w: &[f32], rows: usize, columns: usize| {
        let values: Vec<f32> = (0..columns).flat_map(|j| (0..rows).map(move |i| w[i * columns + j])).collect();
        RawArray::from_values(&[columns, rows], &values).unwrap()
    };
    let mut tensors = vec![];
    net.visit(|name, dims, values| {
        let array = match name {
            "up.weight" | "square.weight" => turned(values, dims[0], dims[1]),
            _ => RawArray::from_values(dims, values).unwrap(),
        };
        tensors.push((format!("{prefix}{name}"), array));
    });
    tensors.push((format!("{prefix}norm.num_batches_tracked"), Cpu.full((), 7i64).to_raw()));
    tensors
}

fn values(net: &Net) -> Vec<(String, Vec<f32>)> {
    let mut list = vec![];
    net.visit(|name, _, values| list.push((name.to_owned(), values.to_vec())));
    list
}

#[test]
fn state_dicts_of_pytorch_load_whole() {
    let (folder, theirs, mut ours) = (Folder::new(), net(1), net(2));
    let path = folder.write(&state_dict(&theirs, ""));
    let unmatched = ours.load_with(&path, &Import::pytorch()).unwrap();
    assert!(unmatched.missing.is_empty() && unmatched.unexpected.is_empty());
    assert_eq!(values(&ours), values(&theirs));
    let path = folder.write(&state_dict(&theirs, "module."));
    let mut ours = net(3);
    ours.load_with(&path, &Import::pytorch().rename(|name| name.replace("module.", ""))).unwrap();
    assert_eq!(values(&ours), values(&theirs));
}

/// A square weight is turned where that is said, and nowhere else.
#[test]
fn squares_are_turned_by_choice_alone() {
    let (folder, theirs) = (Folder::new(), net(1));
    let tensors: Vec<_> = state_dict(&theirs, "").into_iter().filter(|(name, _)| name.starts_with("square")).collect();
    let path = folder.write(&tensors);
    let load = |import: Import<'_>| {
        let mut ours = net(2);
        ours.load_with(&path, &import.only(|name| name.starts_with("square"))).unwrap();
        ours.square.weight.as_slice().to_vec()
    };
    let own = theirs.square.weight.as_slice();
    let turned: Vec<f32> = (0..16).map(|i| own[i % 4 * 4 + i / 4]).collect();
    assert_eq!(load(Import::new()), turned, "as it lies in the file");
    assert_eq!(load(Import::pytorch()), own);
    assert_eq!(load(Import::pytorch().transposed(|_, _| false)), turned);
    assert_eq!(load(Import::new().transposed(|name, dims| name == "square.weight" && dims == [4, 4])), own);
}

#[test]
fn what_does_not_fit_is_said_by_name() {
    let (folder, theirs) = (Folder::new(), net(1));
    let whole = state_dict(&theirs, "");
    let refused = |tensors: &[(String, RawArray)], import: Import<'_>| {
        let (path, mut ours) = (folder.write(tensors), net(2));
        let before = values(&ours);
        let error = ours.load_with(&path, &import).unwrap_err();
        assert_eq!(values(&ours), before, "nothing has changed");
        error
    };
    let error = refused(&whole, Import::new().ignore(|name| name.ends_with("num_batches_tracked")));
    assert!(matches!(&error, FileError::WrongShape { name, .. } if name == "up.weight"), "{error}");
    assert!(error.to_string().contains("[4, 3]") && error.to_string().contains("Import::pytorch"), "{error}");
    let error = refused(&whole, Import::pytorch().transposed(|name, _| name == "up.bias" || name == "up.weight"));
    assert!(error.to_string().contains("up.bias") && error.to_string().contains("matrices"), "{error}");
    let error = refused(&whole[1..], Import::pytorch());
    assert!(matches!(&error, FileError::MissingArray { .. }) && error.to_string().contains("up.weight"), "{error}");
    let mut more = whole.clone();
    more.push(("head.weight".to_owned(), Cpu.tensor([1.0f32]).to_raw()));
    let error = refused(&more, Import::pytorch());
    assert!(matches!(&error, FileError::UnexpectedArrays { names, .. } if names == &["head.weight"]), "{error}");
    let error = refused(&whole, Import::pytorch().rename(|name| name.replace("square", "up")));
    let words = error.to_string();
    assert!(words.contains("`up.weight` and `square.weight` both become `up.weight`"), "{words}");
    let double: Vec<_> = whole
        .iter()
        .map(|(name, array)| match name.as_str() {
            "up.bias" => (name.clone(), Cpu.full((D::<4>,), 1.0f64).to_raw()),
            _ => (name.clone(), array.clone()),
        })
        .collect();
    let error = refused(&double, Import::pytorch());
    assert!(matches!(&error, FileError::WrongDtype { name, .. } if name == "up.bias"), "{error}");
}

#[test]
fn a_part_is_taken_where_that_is_said() {
    let (folder, theirs) = (Folder::new(), net(1));
    let mut tensors = state_dict(&theirs, "backbone.");
    tensors.retain(|(name, _)| !name.contains("embed"));
    tensors.push(("head.weight".to_owned(), Cpu.tensor([1.0f32]).to_raw()));
    let path = folder.write(&tensors);
    let import = || Import::pytorch().rename(|name| name.replace("backbone.", ""));
    let mut ours = net(2);
    let unmatched = ours.load_with(&path, &import().partial()).unwrap();
    assert_eq!((unmatched.missing, unmatched.unexpected), (vec!["embed.weight".into()], vec!["head.weight".into()]));
    assert_eq!(ours.square.weight.as_slice(), theirs.square.weight.as_slice());
    assert_eq!(ours.embed.weight.as_slice(), net(2).embed.weight.as_slice());
    let mut ours = net(2);
    let import =
        import().ignore(|name| name.starts_with("head")).only(|name| name.starts_with("norm") || name == "up.bias");
    let unmatched = ours.load_with(&path, &import).unwrap();
    assert!(unmatched.missing.is_empty() && unmatched.unexpected.is_empty());
    assert_eq!(ours.up.bias.as_slice(), theirs.up.bias.as_slice());
    assert_eq!(ours.up.weight.as_slice(), net(2).up.weight.as_slice());
}

/// One tensor of a type that nobody here has is in the way of no other one.
/// A name that was misspelled is no success.
#[test]
fn a_part_that_is_none_is_an_error() {
    let (mut ours, folder) = (net(1), Folder::new());
    let path = folder.write(&state_dict(&net(2), ""));
    let before = values(&ours);
    let error = ours.load_with(&path, &Import::pytorch().only(|name| name == "wieght")).unwrap_err();
    assert!(error.to_string().contains("`only` names no tensor"), "{error}");
    assert_eq!(values(&ours), before);
}

#[test]
fn unknown_dtypes_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quantised.safetensors");
    let header = concat!(
        r#"{"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#,
        r#""bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#,
        r#""scale":{"dtype":"F8_E8M0","shape":[3],"data_offsets":[12,15]}}"#
    );
    let data = [1.5f32, -2.0, 0.25].iter().flat_map(|x| x.to_le_bytes()).chain([1, 2, 3]);
    let bytes: Vec<u8> = (header.len() as u64).to_le_bytes().into_iter().chain(header.bytes()).chain(data).collect();
    std::fs::write(&path, bytes).unwrap();
    let mut layer = Linear::<D<2>, D<1>>::new(Key::new(0));
    layer.load_with(&path, &Import::pytorch().ignore(|name| name == "scale")).unwrap();
    assert_eq!((layer.weight.as_slice(), layer.bias.as_slice()), (&[1.5, -2.0][..], &[0.25][..]));
    assert!(matches!(layer.load_matching(&path), Err(FileError::WrongShape { .. })), "what lies there is (out, in)");
    let unmatched = layer.load_with(&path, &Import::pytorch().partial()).unwrap();
    assert_eq!(unmatched.unexpected, ["scale"]);
    let scale: (Param<Shape![3]>,) = (Cpu.zeros().into(),);
    let mut scale = scale;
    let import = Import::new().rename(|name| name.replace("scale", "0")).only(|name| name == "0").partial();
    let error = scale.load_with(&path, &import).unwrap_err().to_string();
    assert!(error.contains("F8_E8M0"), "{error}");
}

/// A parameter of one's own can be marked, in lists too.
#[test]
fn own_matrices_can_be_marked() {
    #[derive(Model)]
    struct Heads<P: Part = Weights> {
        #[model(transposed)]
        project: [Param<Shape![2, 3], P>; 2],
        plain: Param<Shape![2, 3], P>,
    }
    let zeros = || -> Param<Shape![2, 3]> { Cpu.zeros().into() };
    let mut heads = Heads { project: [zeros(), zeros()], plain: zeros() };
    let folder = Folder::new();
    let turned = Cpu.tensor([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]).to_raw();
    let plain = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).to_raw();
    let tensors = [("project.0", &turned), ("project.1", &turned), ("plain", &plain)];
    let path = folder.write(&tensors.map(|(name, array)| (name.to_owned(), array.clone())));
    heads.load_with(&path, &Import::pytorch()).unwrap();
    for weight in [&heads.project[0], &heads.project[1], &heads.plain] {
        assert_eq!(weight.as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }
    let sequence = (Linear::<D<2>, D<3>, Weights, NoBias>::new(Key::new(1)), Tanh);
    let mut again = (Linear::<D<2>, D<3>, Weights, NoBias>::new(Key::new(2)), Tanh);
    let path = folder.write(&[("0.weight".to_owned(), turned)]);
    again.load_with(&path, &Import::pytorch()).unwrap();
    assert_eq!(again.0.weight.as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_ne!(again.0.weight.as_slice(), sequence.0.weight.as_slice());
}
