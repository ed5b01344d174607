//! Rows of data loading.
//!
//! Apart from `files`, which holds the formats.

use congruent::data::Dataset;
use congruent::prelude::*;

dims! { Batch = ? }

rows! {
    "data loading";
    given { let data = TensorDataset::new((Cpu.tensor([10, 20, 30, 40, 50]),))?; }
    "dataset trait": "", "torch.utils.data.Dataset" => "data.batch(&[3, 0], D::<2>)",
        "a trait: whatever gives examples by number" {
        let (x,) = data.batch(&[3, 0], D::<2>);
        assert_eq!(x, Cpu.tensor([40, 10]));
    }
    "random_split": "sklearn train_test_split", "torch.utils.data.random_split" =>
        "data.clone().split(0.8, Key::new(1))", "" {
        let (train, test) = data.clone().split(0.8, Key::new(1))?;
        assert_eq!((train.len(), test.len()), (4, 1));
    }
    "shuffle": "rng.shuffle", "DataLoader(.., shuffle=True)" => "loader.epoch(Key::new(3))", "`in_order()` without" {
        let loader = Loader::new(&data, Batch(5))?;
        let (x,) = loader.epoch(Key::new(3)).next().ok_or("no batch")?;
        assert_eq!(x.sort().eval().as_slice(), [10, 20, 30, 40, 50]);
    }
    "batch": "np.array_split", "DataLoader(.., batch_size=2)" => "Loader::new(&data, Batch(2))",
        "a static batch, `D::<2>`, leaves the rest out" {
        assert_eq!((Loader::new(&data, Batch(2))?.len(), Loader::new(&data, D::<2>)?.len()), (3, 2));
    }
    "samplers": "", "torch.utils.data.Subset | Sampler" => "congruent::data::Subset::new(&data, vec![2, 0])",
        "a list of numbers is a data set" {
        let (x,) = congruent::data::Subset::new(&data, vec![2, 0])?.all::<D<2>>()?;
        assert_eq!(x, Cpu.tensor([30, 10]));
    }
    "collate": "", "DataLoader(.., collate_fn)" => "", "on purpose: a data set's `batch` makes the batch" {}
    "transforms": "", "torchvision.transforms" => "",
        "not yet: transforms; `batch` of a data set of one's own computes what it wants" {}
    "parallel workers, prefetch": "", "DataLoader(.., num_workers, prefetch_factor)" => "",
        "not yet: loading in the background" {}
    "streaming": "", "IterableDataset" => "", "not yet: examples without a number" {}
}
