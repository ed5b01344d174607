//! Rows of indexing and slicing.
//!
//! Apart from `shapes`, whose results hold every element.

use congruent::ops::ScatterReduce;
use congruent::prelude::*;

dims! { Found = ?, Part = ?, Inner = ? }

rows! {
    "indexing/slicing";
    given {
        let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let ids = Cpu.tensor([2, 0]);
    }
    "basic slice": "x[0:1, 1:]", "x[0:1, 1:]" => "x.slice(s![0..1, 1..])", "a view, with NumPy's grammar" {
        assert_eq!(x.slice(s![0..1, 1..]).eval(), Cpu.tensor([[2.0, 3.0]]));
    }
    "step": "x[:, ::2]", "x[:, ::2]" => "x.slice(s![.., ::2])", "" {
        assert_eq!(x.slice(s![.., ::2]).eval(), Cpu.tensor([[1.0, 3.0], [4.0, 6.0]]));
    }
    "negative": "x[-1] | x[:, ::-1]", "x[-1]" => "x.slice(s![-1, ::-1])", "" {
        assert_eq!(x.slice(s![-1, ::-1]).eval(), Cpu.tensor([6.0, 5.0, 4.0]));
    }
    "ellipsis": "x[..., 0]", "x[..., 0]" => "x.slice(s![..., 0])", "" {
        assert_eq!(x.slice(s![..., 0]).eval(), Cpu.tensor([1.0, 4.0]));
    }
    "newaxis": "x[:, None] | np.newaxis", "x[:, None]" => "x.slice(s![.., new, 0])", "" {
        assert_eq!(x.slice(s![.., new, 0]).eval(), Cpu.tensor([[1.0], [4.0]]));
    }
    "run-time slice": "x[1:-1] | x[a:b]", "x[1:-1]" => "u.slice(s![Inner = 1..-1])",
        "on axes and by bounds that only the run knows: `Inner` names what is left; `s![Inner = a..b]`, `..; k`" {
        let u = Cpu.from_fn((Found(4),), |i| i as f64);
        assert_eq!(u.slice(s![Inner = 1..-1]).eval().as_slice(), [1.0, 2.0]);
        let (a, b) = (1, u.len());
        assert_eq!(u.slice(s![Inner = a..b; 2]).eval().as_slice(), [1.0, 3.0]);
    }
    "stencil": "u[1:-1] = (u[:-2] + u[2:]) / 2", "u[1:-1] = .." =>
        "u.assign(s![Inner = 1..-1], (u.slice(s![Inner = ..-2]) + u.slice(s![Inner = 2..])) * 0.5)",
        "static axes need no names" {
        let mut u = Cpu.from_fn((Found(4),), |i| (i * i) as f64);
        u.assign(s![Inner = 1..-1], (u.slice(s![Inner = ..-2]) + u.slice(s![Inner = 2..])) * 0.5);
        assert_eq!(u.as_slice(), [0.0, 2.0, 5.0, 9.0]);
    }
    "bool mask, masked_select": "x[x > 2] | np.extract", "x[x > 2] | torch.masked_select" =>
        "x.masked_select(x.gt(2.0), Found)", "how many there are is known at run time: `Found` names their axis" {
        assert_eq!(x.masked_select(x.gt(2.0), Found).eval().as_slice(), [3.0, 4.0, 5.0, 6.0]);
    }
    "compress": "x[mask] | np.compress", "x[mask]" => "x.compress::<0>(&rows, Found)",
        "whole rows, or parts along another axis" {
        let rows = Cpu.tensor_of::<bool, _>([false, true]);
        assert_eq!(x.compress::<0>(&rows, Found).eval().as_slice(), [4.0, 5.0, 6.0]);
    }
    "fancy int, index_select": "x[:, ids] | np.take(x, ids, axis)", "x[:, ids] | torch.index_select" =>
        "x.index_select::<1>(&ids)", "" {
        assert_eq!(x.index_select::<1>(&ids).eval(), Cpu.tensor([[3.0, 1.0], [6.0, 4.0]]));
    }
    "select": "x[1] | x.take(1, axis)", "x.select(0, 1)" => "x.select::<0>(1)", "a view" {
        assert_eq!(x.select::<0>(1).eval(), Cpu.tensor([4.0, 5.0, 6.0]));
    }
    "gather, take_along_dim": "np.take_along_axis", "torch.gather | torch.take_along_dim" =>
        "x.take_along_axis::<1>(&Cpu.tensor([[2], [0]]))",
        "`x.gather(&ids)` takes rows of a table, as an embedding does" {
        assert_eq!(x.take_along_axis::<1>(&Cpu.tensor([[2], [0]])).eval(), Cpu.tensor([[3.0], [4.0]]));
    }
    "embedding": "table[ids]", "F.embedding" => "table.gather(&Cpu.tensor([[1, 1], [0, 1]]))", "indices of any shape" {
        let table = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(table.gather(&Cpu.tensor([[1, 1], [0, 1]])).eval().as_slice()[..4], [3.0, 4.0, 3.0, 4.0]);
    }
    "take": "np.take(x, ids) | x.flat[ids]", "torch.take" => "x.take(&Cpu.tensor([5, 0]))",
        "counted in row-major order" {
        assert_eq!(x.take(&Cpu.tensor([5, 0])).eval(), Cpu.tensor([6.0, 1.0]));
    }
    "scatter": "np.put_along_axis", "torch.scatter" =>
        "x.scatter::<1>(&Cpu.tensor([[2], [0]]), &Cpu.tensor([[8.0], [9.0]]))",
        "nothing is written in place: the result is a new tensor" {
        let y = x.scatter::<1>(&Cpu.tensor([[2], [0]]), &Cpu.tensor([[8.0], [9.0]])).eval();
        assert_eq!(y, Cpu.tensor([[1.0, 2.0, 8.0], [9.0, 5.0, 6.0]]));
    }
    "scatter_add": "np.add.at", "torch.scatter_add" =>
        "y.scatter_add::<0>(&Cpu.tensor([1, 1]), &Cpu.tensor([5.0, 6.0]))", "" {
        let y = Cpu.tensor([1.0, 2.0]);
        assert_eq!(y.scatter_add::<0>(&Cpu.tensor([1, 1]), &Cpu.tensor([5.0, 6.0])).eval(), Cpu.tensor([1.0, 13.0]));
    }
    "scatter_reduce": "np.maximum.at", "torch.scatter_reduce" =>
        "y.scatter_reduce::<0>(&ids, &src, ScatterReduce::Prod)", "`Sum`, `Prod`, `Mean`, `Max`, `Min`" {
        let (y, ids, src) = (Cpu.tensor([2.0, 3.0]), Cpu.tensor([0, 0]), Cpu.tensor([5.0, 7.0]));
        assert_eq!(y.scatter_reduce::<0>(&ids, &src, ScatterReduce::Prod).eval(), Cpu.tensor([70.0, 3.0]));
    }
    "group means": "df.groupby(ids).mean()", "torch.scatter_reduce(.., include_self=False)" =>
        "v.segment_reduce::<0, _>(&ids, D::<3>, ScatterReduce::Mean)", "a slice for each group; NaN of none" {
        let (v, ids) = (Cpu.tensor([1.0, 5.0, 3.0]), Cpu.tensor([2, 0, 2]));
        let means = v.segment_reduce::<0, _>(&ids, D::<3>, ScatterReduce::Mean).eval();
        assert!(means.as_slice()[0] == 5.0 && means.as_slice()[1].is_nan() && means.as_slice()[2] == 2.0);
    }
    "element": "x[1, 2]", "x[1, 2].item()" => "x[[1, 2]]", "of a vector `v[1]`; `x.get([1, 2])` is `None` outside" {
        assert_eq!((x[[1, 2]], x.get([1, 2]), x.get([2, 0])), (6.0, Some(6.0), None));
    }
    "written element": "x[1, 2] = 7", "x[1, 2] = 7" => "y[[1, 2]] = 7.0", "" {
        let mut y = x.clone();
        y[[1, 2]] = 7.0;
        assert_eq!((x[[1, 2]], y[[1, 2]]), (6.0, 7.0));
    }
    "ndenumerate": "np.ndenumerate(x)", "" => "x.indexed_iter()",
        "places in row-major order; elements alone: `for value in &x`" {
        assert_eq!(x.indexed_iter().last(), Some(([1, 2], 6.0)));
    }
    "index_add": "np.add.at(x, ids, v)", "torch.index_add" => "x.index_add::<0>(&Cpu.tensor([1, 1]), &x)", "" {
        let y = x.index_add::<0>(&Cpu.tensor([1, 1]), &x).eval();
        assert_eq!(y, Cpu.tensor([[1.0, 2.0, 3.0], [9.0, 12.0, 15.0]]));
    }
    "index_fill": "x[:, ids] = 0", "torch.index_fill" => "x.index_fill::<1>(&ids, 0.0)", "" {
        assert_eq!(x.index_fill::<1>(&ids, 0.0).eval(), Cpu.tensor([[0.0, 2.0, 0.0], [0.0, 5.0, 0.0]]));
    }
    "index_copy": "x[:, ids] = v", "torch.index_copy" =>
        "x.index_copy::<0>(&Cpu.tensor([0]), &Cpu.tensor([[7.0, 8.0, 9.0]]))", "" {
        let y = x.index_copy::<0>(&Cpu.tensor([0]), &Cpu.tensor([[7.0, 8.0, 9.0]])).eval();
        assert_eq!(y, Cpu.tensor([[7.0, 8.0, 9.0], [4.0, 5.0, 6.0]]));
    }
    "masked_fill": "x[mask] = 0 | np.putmask", "torch.masked_fill" => "x.masked_fill(x.gt(2.0), 0.0)", "" {
        assert_eq!(x.masked_fill(x.gt(2.0), 0.0).eval(), Cpu.tensor([[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]));
    }
    "masked_scatter": "np.place", "torch.masked_scatter" => "x.masked_scatter(x.gt(4.0), &Cpu.tensor([8.0, 9.0]))", "" {
        let y = x.masked_scatter(x.gt(4.0), &Cpu.tensor([8.0, 9.0])).eval();
        assert_eq!(y, Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 8.0, 9.0]]));
    }
    "where": "np.where(c, a, b)", "torch.where" => "x.gt(2.0).where_(&x, 0.0)",
        "a method of the condition; `where` is a word of Rust" {
        assert_eq!(x.gt(2.0).where_(&x, 0.0).eval(), Cpu.tensor([[0.0, 0.0, 3.0], [4.0, 5.0, 6.0]]));
    }
    "nonzero, argwhere": "np.argwhere | np.nonzero", "torch.argwhere | torch.nonzero" => "x.gt(4.0).argwhere(Found)",
        "a row of indices for each; `x.ne(0.0)` for what is not 0" {
        assert_eq!(x.gt(4.0).argwhere(Found).as_slice(), [1, 1, 1, 2]);
    }
    "unravel_index": "np.unravel_index", "torch.unravel_index" => "x.argmax().unravel_index(x.shape())",
        "the indices lie along a new last axis" {
        assert_eq!(x.argmax().unravel_index(x.shape()), Cpu.tensor([1, 2]));
    }
    "ravel_multi_index": "np.ravel_multi_index", "" => "at.ravel_multi_index(x.shape())", "" {
        let at = Cpu.tensor([[1, 2], [0, 1]]);
        assert_eq!(at.ravel_multi_index(x.shape()), Cpu.tensor([5, 1]));
    }
    "flatnonzero": "np.flatnonzero", "" => "x.gt(4.0).flatnonzero(Found)", "" {
        assert_eq!(x.gt(4.0).flatnonzero(Found).as_slice(), [4, 5]);
    }
    "narrow": "x[:, 1:3]", "x.narrow(1, 1, 2)" => "x.narrow::<1, _>(1, Part(2))",
        "a view; start and length may be of the run" {
        assert_eq!(x.narrow::<1, _>(1, Part(2)).eval().as_slice(), [2.0, 3.0, 5.0, 6.0]);
    }
    "unfold": "np.lib.stride_tricks.sliding_window_view", "x.unfold(1, 2, 1)" => "x.unfold::<1, 2, 1>()",
        "windows along a new last axis" {
        assert_eq!(x.unfold::<1, 2, 1>().eval().as_slice(), [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 5.0, 6.0]);
    }
    "run-time unfold": "sliding_window_view(x, n)", "x.unfold(0, n, 1)" => "u.unfold_as::<0, _, _>(Part(n), 1, Found)",
        "on axes, or into windows, whose size only the run knows" {
        let (u, n) = (Cpu.from_fn((Inner(4),), |i| i as f64), 3);
        assert_eq!(u.unfold_as::<0, _, _>(Part(n), 1, Found).eval().as_slice(), [0.0, 1.0, 2.0, 1.0, 2.0, 3.0]);
    }
    "index_put": "x[i, j] = v", "torch.index_put" =>
        "x.index_put((&Cpu.tensor([0, 1]), &ids), &Cpu.tensor([8.0, 9.0]))", "accumulating: `index_put_add`" {
        let y = x.index_put((&Cpu.tensor([0, 1]), &ids), &Cpu.tensor([8.0, 9.0])).eval();
        assert_eq!(y, Cpu.tensor([[1.0, 2.0, 8.0], [9.0, 5.0, 6.0]]));
    }
    "diagonal": "np.diagonal", "torch.diagonal" => "x.slice(s![.., ..2]).diagonal()",
        "a view, of square matrices; `diagonal_offset` for the others" {
        assert_eq!(x.slice(s![.., ..2]).diagonal().eval(), Cpu.tensor([1.0, 5.0]));
    }
    "diag_embed": "", "torch.diag_embed" => "Cpu.tensor([1.0, 2.0]).diag_embed()", "" {
        assert_eq!(Cpu.tensor([1.0, 2.0]).diag_embed().eval(), Cpu.tensor([[1.0, 0.0], [0.0, 2.0]]));
    }
    "slice_assign": "x[0, 1:] = 7", "x[0, 1:] = 7" => "y.assign(s![0, 1..], 7.0)",
        "also tensors; one that shares its memory is copied first" {
        let mut y = x.clone();
        y.assign(s![0, 1..], 7.0);
        y.assign(s![1, ..2], &Cpu.tensor([8.0, 9.0]));
        assert_eq!(y, Cpu.tensor([[1.0, 7.0, 7.0], [8.0, 9.0, 6.0]]));
    }
}
