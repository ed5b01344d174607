//! Rows of creation: zeros, numbers in a row, matrices by rule, grids.
//!
//! Apart from `random`, whose values are drawn.

use congruent::prelude::*;

dims! { Batch = ?, Steps = ?, Bins = ? }

rows! {
    "creation";
    "zeros": "np.zeros", "torch.zeros" => "Cpu.zeros::<Shape![2, 3]>()", "" {
        assert_eq!(Cpu.zeros::<Shape![2, 3]>().as_slice(), [0.0; 6]);
    }
    "dtype": "np.zeros(.., dtype)", "torch.zeros(.., dtype)" => "Cpu.zeros_of::<i64, _>((Batch(2),))",
        "any element type and any shape; so do `ones_of` and `empty_of`" {
        assert_eq!(Cpu.zeros_of::<i64, _>((Batch(2),)).as_slice(), [0, 0]);
    }
    "ones": "np.ones", "torch.ones" => "Cpu.ones::<Shape![3]>()", "" {
        assert_eq!(Cpu.ones::<Shape![3]>().as_slice(), [1.0; 3]);
    }
    "full": "np.full", "torch.full" => "Cpu.full((Batch(2), D::<3>), 7)", "" {
        assert_eq!(Cpu.full((Batch(2), D::<3>), 7).as_slice(), [7i64; 6]);
    }
    "empty": "np.empty", "torch.empty" => "Cpu.empty::<Shape![2]>()", "zeros: memory has no unwritten state here" {
        assert_eq!(Cpu.empty::<Shape![2]>().as_slice(), [0.0; 2]);
    }
    "*_like": "np.zeros_like | np.full_like", "torch.zeros_like | torch.full_like" => "x.full_like(9)",
        "also `zeros_like`, `ones_like`, `empty_like`, `rand_like`, `randn_like`" {
        let x = Cpu.tensor([5, 6]);
        assert_eq!((x.full_like(9), x.zeros_like()), (Cpu.tensor([9, 9]), Cpu.tensor([0, 0])));
    }
    "arange": "np.arange(5)", "torch.arange(5)" => "Cpu.arange(D::<5>)",
        "`f32`; other elements: `arange_of::<i64, _>`, as for `linspace`, `eye` and the others" {
        assert_eq!(Cpu.arange(D::<5>).as_slice(), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Cpu.arange_of::<i64, _>(Batch(3)).as_slice(), [0, 1, 2]);
    }
    "arange step": "np.arange(a, b, step)", "torch.arange(a, b, step)" => "Cpu.arange_until(Steps, 1, 8, 3)",
        "of the type of its numbers; the count is known at run time; `arange_from(D::<3>, 1, 3)` has a static one" {
        assert_eq!(Cpu.arange_until(Steps, 1, 8, 3)?.as_slice(), [1i64, 4, 7]);
        assert_eq!(Cpu.arange_from(D::<3>, 1, 3).as_slice(), [1i64, 4, 7]);
    }
    "linspace": "np.linspace", "torch.linspace" => "Cpu.linspace(D::<5>, 0.0, 1.0)", "" {
        assert_eq!(Cpu.linspace(D::<5>, 0.0, 1.0).as_slice(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    }
    "logspace": "np.logspace", "torch.logspace" => "Cpu.logspace(D::<3>, 0.0, 2.0, 10.0)", "the base is the last" {
        assert_eq!(Cpu.logspace(D::<3>, 0.0, 2.0, 10.0).as_slice(), [1.0, 10.0, 100.0]);
    }
    "geomspace": "np.geomspace", "" => "Cpu.geomspace(D::<3>, 1.0, 100.0)", "" {
        assert_eq!(Cpu.geomspace(D::<3>, 1.0, 100.0)?.as_slice(), [1.0, 10.0, 100.0]);
    }
    "eye": "np.eye | np.identity", "torch.eye" => "Cpu.eye(D::<2>)", "another diagonal: `eye_offset`" {
        assert_eq!(Cpu.eye(D::<2>).as_slice(), [1.0, 0.0, 0.0, 1.0]);
    }
    "diag": "np.diag", "torch.diag" => "x.diag()", "of a vector and of a square; `diag_offset` for other diagonals" {
        let x = Cpu.tensor([1, 2]);
        assert_eq!(x.diag(), Cpu.tensor([[1, 0], [0, 2]]));
        assert_eq!(x.diag().diag(), x);
    }
    "tri": "np.tri", "" => "Cpu.tri((D::<2>, D::<3>), 0)", "" {
        assert_eq!(Cpu.tri((D::<2>, D::<3>), 0).as_slice(), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    }
    "tril": "np.tril", "torch.tril" => "x.tril(0)", "" {
        let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(x.tril(0).eval(), Cpu.tensor([[1.0, 0.0], [3.0, 4.0]]));
    }
    "triu": "np.triu", "torch.triu" => "x.triu(1)", "" {
        let x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(x.triu(1).eval(), Cpu.tensor([[0.0, 2.0], [0.0, 0.0]]));
    }
    "tril_indices": "np.tril_indices", "torch.tril_indices" => "mask.argwhere(Bins)",
        "where a triangle of ones is `true`" {
        let mask = Cpu.tri_of::<bool, _, _>((D::<2>, D::<2>), 0);
        assert_eq!(mask.argwhere(Bins).as_slice(), [0, 0, 1, 0, 1, 1]);
    }
    "from_slice": "np.frombuffer | np.fromiter", "torch.frombuffer" => "Cpu.from_slice((Batch(2),), &values)",
        "the length is checked; `from_iter` takes an iterator" {
        let values = [1.0f32, 2.0];
        assert_eq!(Cpu.from_slice((Batch(2),), &values)?.as_slice(), values);
        assert_eq!(Cpu.from_iter((D::<3>,), 0..3)?.as_slice(), [0, 1, 2]);
    }
    "from_rows": "np.array(list_of_lists)", "torch.tensor(list_of_lists)" => "Cpu.from_rows(Batch, Bins, &lists)",
        "rows of one length, which only the run knows" {
        let lists = vec![vec![1.0, 2.0], vec![3.0, 4.0]];
        assert_eq!(Cpu.from_rows(Batch, Bins, &lists)?.shape(), (Batch(2), Bins(2)));
    }
    "from_vec": "np.asarray(list)", "torch.tensor(list)" => "Cpu.from_vec((D::<2>,), vec![1, 2])",
        "rows whose number the run knows: `Cpu.rows(Batch, vec![[1.0, 2.0], ..])`" {
        assert_eq!(Cpu.from_vec((D::<2>,), vec![1, 2])?.as_slice(), [1, 2]);
        assert_eq!(Cpu.rows(Batch, vec![[1.0, 2.0], [3.0, 4.0]]).shape(), (Batch(2), D::<2>));
    }
    "fromfunction": "np.fromfunction", "" => "Cpu.from_index_fn((D::<2>, D::<2>), |[i, j]| 10 * i as i64 + j as i64)",
        "" {
        let x = Cpu.from_index_fn((D::<2>, D::<2>), |[i, j]| 10 * i as i64 + j as i64);
        assert_eq!(x.as_slice(), [0, 1, 10, 11]);
    }
    "one_hot": "np.eye(3)[labels]", "F.one_hot" => "Cpu.tensor([2, 0]).one_hot(D::<3>)",
        "another type: `one_hot_of::<i64, _>`" {
        let x = Cpu.tensor([2, 0]).one_hot(D::<3>)?;
        assert_eq!(x.as_slice(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }
    "meshgrid": "np.meshgrid", "torch.meshgrid" => "Cpu.meshgrid((&x, &y))",
        "`indexing=\"ij\"`; NumPy's default is `meshgrid_xy`" {
        let (x, y) = (Cpu.tensor([1, 2]), Cpu.tensor([7, 8, 9]));
        assert_eq!(Cpu.meshgrid((&x, &y)).0, Cpu.tensor([[1, 1, 1], [2, 2, 2]]));
    }
    "mgrid": "np.mgrid[0:2, 0:3]", "" => "Cpu.meshgrid((&Cpu.arange(D::<2>), &Cpu.arange(D::<3>)))", "" {
        let (i, j) = Cpu.meshgrid((&Cpu.arange(D::<2>), &Cpu.arange(D::<3>)));
        assert_eq!((&i * 10.0 + &j).eval().as_slice(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    }
    "ogrid": "np.ogrid[0:2, 0:3]", "" => "(Cpu.arange(D::<2>).unsqueeze::<1>(), Cpu.arange(D::<3>))",
        "a column and a row, which broadcast" {
        let (i, j) = (Cpu.arange(D::<2>).unsqueeze::<1>(), Cpu.arange(D::<3>));
        assert_eq!((i * 10.0 + &j).eval().as_slice(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    }
    "cartesian_prod": "", "torch.cartesian_prod" => "x.cartesian_prod(&y)", "" {
        let (x, y) = (Cpu.tensor([1, 2]), Cpu.tensor([7, 8]));
        assert_eq!(x.cartesian_prod(&y), Cpu.tensor([[1, 7], [1, 8], [2, 7], [2, 8]]));
    }
    "vander": "np.vander", "torch.vander" => "x.vander(D::<3>)", "rising powers: `vander_increasing`" {
        let x = Cpu.tensor([2.0, 3.0]);
        assert_eq!(x.vander(D::<3>), Cpu.tensor([[4.0, 2.0, 1.0], [9.0, 3.0, 1.0]]));
    }
    "complex": "1j", "torch.complex" => "", "not yet: complex numbers; eigenvalues are pairs of real tensors" {}
}
