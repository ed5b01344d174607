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
    "": "", "WeightedRandomSampler(weights, len(data))" => "loader.weighted(&[0.0, 1.0, 0.0, 0.0, 0.0])?",
        "an epoch has as many examples as the data set" {
        let loader = Loader::new(&data, Batch(5))?;
        let (x,) = loader.weighted(&[0.0, 1.0, 0.0, 0.0, 0.0])?.epoch(Key::new(1)).next().ok_or("no batch")?;
        assert_eq!(x.as_slice(), [20; 5]);
    }
    "": "rng.choice", "RandomSampler(data, replacement=True, num_samples=6)" =>
        "congruent::data::Drawn::new(&data, D::<2>, 3)?", "batches, by a key" {
        let drawn = congruent::data::Drawn::new(&data, D::<2>, 3)?;
        assert_eq!(drawn.epoch(Key::new(1)).map(|(x,)| x.len()).sum::<usize>(), 6);
    }
    "": "sklearn train_test_split(.., stratify=classes)", "" =>
        "data.clone().split_stratified(0.5, &classes, Key::new(1))", "" {
        let classes = ["a", "b", "b", "a", "b"];
        let (train, _) = data.clone().split_stratified(0.5, &classes, Key::new(1))?;
        assert_eq!(train.rows().iter().filter(|&&row| classes[row] == "a").count(), 1);
    }
    "": "sklearn KFold | StratifiedKFold", "" => "data.clone().k_fold(5, Key::new(1))", "or `k_fold_stratified`" {
        let folds = data.clone().k_fold(5, Key::new(1))?;
        assert!(folds.iter().all(|(train, test)| (train.len(), test.len()) == (4, 1)));
    }
    "collate": "", "DataLoader(.., collate_fn) | default_collate" => "congruent::data::Example::collate(rows, D::<2>)",
        "a type of one's own says what a batch of it is" {
        let rows = vec![Cpu.tensor([1.0, 2.0]), Cpu.tensor([3.0, 4.0])];
        let batch = congruent::data::Example::collate(rows, D::<2>);
        assert_eq!(batch, Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]));
    }
    "": "", "a Dataset with __getitem__ and __len__" => "congruent::data::FnDataset::new(5, |i| (i as f32, i as i64))",
        "`i` may be a file: results of examples become results of batches" {
        let data = congruent::data::FnDataset::new(5, |i| (i as f32, i as i64));
        assert_eq!(data.batch(&[4, 2], D::<2>).1, Cpu.tensor([4, 2]));
    }
    "transforms": "", "torchvision.transforms" => "loader.map(|(x,), key| (x, key))",
        "on batches, by a key of each; on examples in what `FnDataset` calls" {
        let loader = Loader::new(&data, Batch(2))?;
        let keys: Vec<Key> = loader.map(|(x,), key| (x, key)).epoch(Key::new(1)).map(|(_, key)| key).collect();
        assert!(keys[0] != keys[1]);
    }
    "parallel workers, prefetch": "", "DataLoader(.., num_workers=2, prefetch_factor)" => "loader.workers(2)",
        "`.prefetch(batches)`; the same batches for any number of workers" {
        let loader = Loader::new(data.clone(), Batch(2))?;
        let alone: Vec<_> = loader.epoch(Key::new(1)).collect();
        assert!(loader.workers(2).epoch(Key::new(1)).eq(alone));
    }
    "streaming": "", "IterableDataset" => "lines.batches(D::<2>)", "any iterator of examples" {
        let lines = "1 2 3 4".split(' ').map(str::parse::<i64>);
        let batches = lines.batches(D::<2>).collect::<Result<Vec<_>, _>>()?;
        assert_eq!(batches[1], Cpu.tensor([3, 4]));
    }
    "": "sklearn OrdinalEncoder", "stoi = {c: i for i, c in enumerate(sorted(set(text)))}" =>
        "congruent::data::Chars::of(\"a text\")", "`encode`, `decode`, `save`, `load`; bytes are `data::Bytes`" {
        let chars = congruent::data::Chars::of("a text");
        assert_eq!(chars.decode(&chars.encode("tax")?)?, "tax");
    }
    "": "np.lib.stride_tricks.sliding_window_view", "TensorDataset(x.unfold(0, 3, 1)[:-1], x.unfold(0, 3, 1)[1:])" =>
        "congruent::data::TextWindows::new(ids, D::<3>)?", "a window, and what comes after each of its ids" {
        let ids = vec![1, 2, 3, 4, 5];
        let windows = congruent::data::TextWindows::new(ids, D::<3>)?;
        let (read, next) = windows.batch(&[1], D::<1>);
        assert_eq!((read.as_slice(), next.as_slice()), (&[2, 3, 4][..], &[3, 4, 5][..]));
    }
}
