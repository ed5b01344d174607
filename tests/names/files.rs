//! Rows of file formats.
//!
//! Apart from `data`, which deals examples out.

use congruent::io::csv::Csv;
use congruent::io::{Checkpoint, GgufFile, SafetensorsFile, SafetensorsIndex};
use congruent::io::npz::{Compression, NpzFile, write_npz};
use congruent::prelude::*;

dims! { Rows = ? }

rows! {
    "serialization";
    given {
        let folder = tempfile::tempdir()?;
        let x = Cpu.tensor([1.0, 2.0]);
    }
    "npy": "np.save | np.load", "" => "Tensor::load_npy(&path)", "" {
        let path = folder.path().join("x.npy");
        x.save_npy(&path)?;
        let y: Tensor<Shape![2]> = Tensor::load_npy(&path)?;
        assert_eq!(y, x);
    }
    "npz": "np.savez | np.load", "" => "write_npz(&path, &[(\"x\", x.to_raw())], Compression::Deflated)",
        "`use congruent::io::npz`" {
        let path = folder.path().join("x.npz");
        write_npz(&path, &[("x", x.to_raw())], Compression::Deflated)?;
        assert_eq!(NpzFile::open(&path)?.tensor::<Shape![2], f32>("x")?, x);
    }
    "safetensors": "safetensors.numpy.save_file", "safetensors.torch.save_file" => "model.save(&path)",
        "whole models by name; single tensors by `SafetensorsFile`" {
        let (path, model) = (folder.path().join("m.safetensors"), Linear::<D<2>, D<1>>::new(Key::new(1)));
        model.save(&path)?;
        assert_eq!(SafetensorsFile::open(&path)?.tensor::<Shape![1], f32>("bias")?.len(), 1);
    }
    "sharded safetensors": "", "AutoModel.from_pretrained(folder)" =>
        "again.load(&index)", "`model.safetensors.index.json`; single tensors by `SafetensorsIndex`" {
        let (path, model) = (folder.path().join("m.safetensors"), Linear::<D<2>, D<1>>::new(Key::new(1)));
        model.save(&path)?;
        let index = folder.path().join("model.safetensors.index.json");
        std::fs::write(&index, r#"{"weight_map": {"weight": "m.safetensors", "bias": "m.safetensors"}}"#)?;
        let mut again = Linear::<D<2>, D<1>>::new(Key::new(2));
        again.load(&index)?;
        assert_eq!(again.weight.as_slice(), model.weight.as_slice());
        assert_eq!(SafetensorsIndex::open(&index)?.tensor::<Shape![1], f32>("bias")?.len(), 1);
    }
    "gguf": "gguf.GGUFReader(path)", "" => "GgufFile::open(path)",
        "whole models by `model.load_with(path, &import)`; `Q8_0` and `Q4_0` become `f32`" {
        let path = std::path::Path::new("tests/golden/tiny.gguf");
        let mut file = GgufFile::open(path)?;
        assert_eq!(file.metadata()["general.architecture"].as_text(), Some("tiny"));
        assert_eq!(file.tensor::<Shape![6, 64], f32>("blk.0.ffn_up.weight")?.shape(), (D, D));
    }
    "load_state_dict": "", "m.load_state_dict(torch.load(path))" => "again.load(&path)",
        "names, shapes and element types are checked; a mistake is an error that names the parameter" {
        let (path, model) = (folder.path().join("m.safetensors"), Linear::<D<2>, D<1>>::new(Key::new(1)));
        model.save(&path)?;
        let mut again = Linear::<D<2>, D<1>>::new(Key::new(2));
        again.load(&path)?;
        assert_eq!(again.weight.as_slice(), model.weight.as_slice());
    }
    "savetxt": "np.savetxt | np.loadtxt", "" => "congruent::io::csv::write_csv(&path, &table)",
        "names of columns, if any: `Csv::new().columns([\"a\", \"b\"]).write(..)`" {
        let (path, table) = (folder.path().join("x.csv"), Cpu.tensor([[1, 2], [3, 4]]));
        congruent::io::csv::write_csv(&path, &table)?;
        assert_eq!(std::fs::read_to_string(&path)?, "1,2\n3,4\n");
    }
    "": "idx2numpy.convert_from_file", "" => "Tensor::load_idx(&path)", "plain or by gzip; `save_idx`" {
        let path = folder.path().join("x-idx1-ubyte.gz");
        x.save_idx(&path)?;
        let y: Tensor<Shape![2]> = Tensor::load_idx(&path)?;
        assert_eq!(y, x);
    }
    "": "", "torchvision.datasets.MNIST(root) | FashionMNIST" => "congruent::io::mnist(folder.path())",
        "`(train, test)` of a folder; nothing is fetched" {
        let error = congruent::io::mnist(folder.path()).err().ok_or("an empty folder")?.to_string();
        assert!(error.contains("`t10k-labels-idx1-ubyte`"));
    }
    "words": "pd.factorize(df['species'], sort=True)", "" =>
        "Csv::new().read_classes(\"examples/data/iris.csv\", \"species\", Rows)",
        "`read_labels` by a list of names" {
        let species = Csv::new().read_classes("examples/data/iris.csv", "species", Rows)?;
        assert_eq!((species.names.len(), species.labels.as_slice()[149]), (3, 2));
    }
    "partial load": "", "m.load_state_dict(d, strict=False)" => "again.load_matching(&path)",
        "returns the names that only the model or only the file has" {
        let (path, model) = (folder.path().join("m.safetensors"), Linear::<D<2>, D<1>>::new(Key::new(1)));
        model.save(&path)?;
        let mut again = (Linear::<D<2>, D<1>>::new(Key::new(2)),);
        assert_eq!(again.load_matching(&path)?.missing, ["0.weight", "0.bias"]);
    }
    "checkpoint": "", "torch.save({'model': .., 'optimizer': .., 'epoch': 3}, path)"
        => "Checkpoint::new().text(\"epoch\", 3).save(&path, &model, &opt)",
        "one file, whole or the old one; `use congruent::io::Checkpoint`" {
        let (path, mut model) = (folder.path().join("run.safetensors"), Linear::<D<2>, D<1>>::new(Key::new(1)));
        let mut opt = AdamW::new(&model, 0.1);
        Checkpoint::new().text("epoch", 3).save(&path, &model, &opt)?;
        assert_eq!(Checkpoint::load(&path, &mut model, &mut opt)?.get::<u32>("epoch")?, 3);
    }
    "rename/remap": "", "" => "", "not yet: other names than the model's; `visit_mut` writes parameters by name" {}
    "pt/pth": "", "torch.save | torch.load" => "", "on purpose: pickles run code; PyTorch writes safetensors" {}
    "gguf": "", "" => "", "not yet: GGUF" {}
    "onnx import, onnx export": "", "torch.onnx.export" => "", "not yet: ONNX" {}
    "sharded": "", "save_file shards" => "", "not yet: one model in several files" {}
}
