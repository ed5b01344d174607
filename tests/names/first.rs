//! Rows of the names that every newcomer tries first.
//!
//! Apart from the groups, which have them again where they belong.

use congruent::data::Dataset;
use congruent::io::csv::read_csv;
use congruent::prelude::*;

dims! { Batch = ?, Rows = ? }

rows! {
    "first names";
    given { let a = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]); }
    "array": "np.array([[1, 2], [3, 4]])", "torch.tensor(..)" => "Cpu.tensor([[1, 2], [3, 4]])",
        "`f32` of `1.0`, `i64` of `1`; others by `Cpu.tensor_of::<f64, _>`; a jagged literal does not compile" {
        let x: Tensor<Shape![2, 2], i64> = Cpu.tensor([[1, 2], [3, 4]]);
        assert_eq!(x.as_slice(), [1, 2, 3, 4]);
    }
    "zeros, ones": "np.zeros((3, 4)) | np.ones", "torch.zeros(3, 4) | torch.ones" => "Cpu.zeros::<Shape![3, 4]>()",
        "on a device, which is a value" {
        assert_eq!(Cpu.zeros::<Shape![3, 4]>().dims()[..], [3, 4]);
        assert_eq!(Cpu.ones::<Shape![2]>().as_slice(), [1.0, 1.0]);
    }
    "rand, randn": "np.random.rand | np.random.randn", "torch.rand | torch.randn" =>
        "Cpu.rand::<Shape![2, 3]>(Key::new(7))", "the same key, the same numbers" {
        let x = Cpu.rand::<Shape![2, 3]>(Key::new(7));
        assert!(x == Cpu.rand(Key::new(7)) && x != Cpu.randn(Key::new(7)));
    }
    "shape": "a.shape", "a.shape | a.size()" => "a.shape()",
        "a type, with run-time sizes in the value; `a.dims()` are numbers" {
        assert_eq!((a.shape(), a.dims().as_slice(), a.len()), ((D::<2>, D::<3>), &[2, 3][..], 6));
    }
    "reshape, view": "a.reshape(3, 2)", "a.reshape(3, 2) | a.view(3, 2)" => "a.reshape((D::<3>, D::<2>))",
        "the count is checked by the compiler; memory in order is shared, as by `view`" {
        assert_eq!(a.reshape((D::<3>, D::<2>)).eval(), Cpu.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    }
    "T": "a.T", "a.T | a.mT" => "a.t()", "a view of the last two axes exchanged" {
        assert_eq!(a.t().eval(), Cpu.tensor([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]));
    }
    "concatenate": "np.concatenate([a, b])", "torch.cat" => "a.concat::<0, _>(&b)", "sizes are added by the compiler" {
        let b = Cpu.tensor([[7.0, 8.0, 9.0]]);
        let x: Tensor<Shape![3, 3]> = a.concat::<0, _>(&b).eval();
        assert_eq!(x.as_slice()[6..], [7.0, 8.0, 9.0]);
    }
    "stack": "np.stack([a, b])", "torch.stack" => "[&a, &a].stack::<0>()", "" {
        let x: Tensor<Shape![2, 2, 3]> = [&a, &a].stack::<0>().eval();
        assert_eq!(x.as_slice()[6..], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }
    "sum, mean": "a.sum() | a.mean()", "a.sum() | a.mean()" => "a.sum()", "" {
        assert_eq!((a.sum().eval().item(), a.mean().eval().item()), (21.0, 3.5));
    }
    "axis forms": "a.sum(axis=0, keepdims=True)", "a.sum(dim=0, keepdim=True)" => "a.sum_axis::<0>()",
        "an axis out of range does not compile; `sum_keepdim::<0>()`, `sum_axes::<Axes![0, 1]>()`" {
        assert_eq!(a.sum_axis::<0>().eval(), Cpu.tensor([5.0, 7.0, 9.0]));
        assert_eq!(a.sum_keepdim::<-1>().eval(), Cpu.tensor([[6.0], [15.0]]));
    }
    "matmul": "a @ b | np.matmul", "a @ b | torch.matmul" => "a.matmul(a.t())",
        "inner dims are checked by the compiler" {
        assert_eq!(a.matmul(a.t()).eval(), Cpu.tensor([[14.0, 32.0], [32.0, 77.0]]));
    }
    "loadtxt": "np.loadtxt('data.csv', delimiter=',')", "" => "read_csv(\"examples/data/diabetes.csv\", Rows)",
        "`use congruent::io::csv::read_csv`; `Csv::new()` has `delimiter`, `skip`, `header`, `missing`, `columns` .." {
        let x: Tensor<(Rows, D<11>)> = read_csv("examples/data/diabetes.csv", Rows)?;
        assert_eq!(x.shape().0, Rows(442));
    }
    "last column off": "data[:, :-1]", "data[:, :-1]" => "a.slice(s![.., ..-1])", "" {
        assert_eq!(a.slice(s![.., ..-1]).eval(), Cpu.tensor([[1.0, 2.0], [4.0, 5.0]]));
    }
    "TensorDataset": "", "TensorDataset(x, y)" => "TensorDataset::new((x, y))", "the leading axes must be one" {
        let (x, y) = (Cpu.zeros::<Shape![10, 3]>(), Cpu.zeros_of::<i64, _>((D::<10>,)));
        assert_eq!(TensorDataset::new((x, y))?.len(), 10);
    }
    "DataLoader": "", "DataLoader(data, batch_size=4, shuffle=True)" => "Loader::new(&data, Batch(4))",
        "the last, partial batch comes, unless `.drop_last()`" {
        let data = TensorDataset::new((Cpu.zeros::<Shape![10, 3]>(),))?;
        let loader = Loader::new(&data, Batch(4))?;
        assert_eq!(loader.epoch(Key::new(1)).map(|(x,)| x.shape().0.size()).collect::<Vec<_>>(), [4, 4, 2]);
    }
    "clone": "a.copy()", "a.clone()" => "a.clone()", "shares the memory until one of the two is written to" {
        let mut b = a.clone();
        b.as_mut_slice()[0] = 9.0;
        assert_eq!((a.as_slice()[0], b.as_slice()[0]), (1.0, 9.0));
    }
    "item": "a.item() | a.tolist()", "a.item() | a.tolist()" => "a.max().eval().item()",
        "`to_vec()` and `as_slice()` for all elements" {
        assert_eq!((a.max().eval().item(), a.to_vec().len()), (6.0, 6));
    }
    "print": "print(a) | np.set_printoptions", "print(a) | torch.set_printoptions" => "a.display().precision(1)",
        "`{a}` prints as NumPy does; also `threshold`, `edge_items`, `line_width`" {
        assert_eq!(format!("{}", a.display().precision(1)), "[[1. 2. 3.]\n [4. 5. 6.]]");
    }
    "to, cpu": "", "x.to(device) | x.cpu()" => "a.to(&Cpu)", "the device is in the type afterwards" {
        let x: Tensor<Shape![2, 3], f32, Cpu> = a.to(&Cpu);
        assert_eq!(x, a);
    }
    "requires_grad": "", "torch.tensor(.., requires_grad=True)" => "Cpu.tensor([1.0, 2.0]).into()",
        "a parameter is a type, `Param`, not a flag" {
        let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
        assert_eq!(w.as_slice(), [1.0, 2.0]);
    }
    "backward, grad": "", "loss.backward() | W.grad" => "w.value_and_grad(|w| w.square().sum())",
        "gradients are a model of the same form: each field has one" {
        let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
        let (loss, grads) = w.value_and_grad(|w| w.square().sum())?;
        assert_eq!((loss, grads.as_slice()), (5.0, &[2.0, 4.0][..]));
    }
    "float32 weights and int64 labels": "", "dtype" => "Cpu.tensor([0, 2, 1])",
        "nothing is promoted silently; a gradient of integers does not compile" {
        let labels: Tensor<Shape![3], i64> = Cpu.tensor([0, 2, 1]);
        let weights: Tensor<Shape![1]> = Cpu.tensor([0.5]);
        assert_eq!((labels.len(), weights.len()), (3, 1));
    }
}
