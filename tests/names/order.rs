//! Rows of running sums, sorting, quantiles and counting.
//!
//! Apart from `reductions`: order and positions matter here.

use congruent::ops::order::{Interpolation, Side};
use congruent::prelude::*;

dims! { Distinct = ?, Bins = ? }

rows! {
    "reductions";
    given { let x = Cpu.tensor([3.0, 1.0, 2.0, 4.0]); }
    "median": "np.median", "torch.median" => "x.median()",
        "NumPy's; PyTorch takes the lower of two: `quantile((0.5, Interpolation::Lower))`" {
        assert_eq!(x.median().eval().item(), 2.5);
        assert_eq!(x.quantile((0.5, Interpolation::Lower)).eval().item(), 2.0);
    }
    "mode": "scipy.stats.mode", "torch.mode" => "y.mode()", "the smallest of equally frequent ones" {
        let y = Cpu.tensor([3, 1, 3]);
        assert_eq!(y.mode().eval().item(), 3);
    }
    "quantile": "np.quantile | np.percentile", "torch.quantile" => "x.quantile(0.25)", "" {
        assert_eq!(x.quantile(0.25).eval().item(), 1.75);
    }
    "quantiles": "np.quantile(x, [0.25, 0.75])", "torch.quantile(x, q)" => "x.quantiles([0.25, 0.75])",
        "`quantiles_axis::<0>([..])`; a list of run-time length is a vector of `f64`, by reference" {
        assert_eq!(x.quantiles([0.25, 0.75]).eval(), Cpu.tensor([1.75, 3.25]));
    }
    "interp": "np.interp(x, xp, fp)", "" => "x.interp(&xp, &fp)", "points that do not increase are an error" {
        let (xp, fp) = (Cpu.tensor([1.0, 3.0]), Cpu.tensor([10.0, 30.0]));
        assert_eq!(x.interp(&xp, &fp).eval().as_slice(), [30.0, 10.0, 20.0, 30.0]);
    }
    "polyval": "np.polyval(p, x)", "" => "x.polyval(&p)", "the highest power first" {
        let p = Cpu.tensor([2.0, -1.0]);
        assert_eq!(x.polyval(&p).eval().as_slice(), [5.0, 1.0, 3.0, 7.0]);
    }
    "np.gradient": "np.gradient(x, 0.5)", "torch.gradient" => "x.central_diff::<0>(0.5)",
        "slopes of numbers by their neighbours, no gradient of training; at other places `central_diff_at`" {
        assert_eq!(x.central_diff::<0>(0.5).eval().as_slice(), [-4.0, -1.0, 3.0, 4.0]);
    }
    "cumsum": "np.cumsum", "torch.cumsum" => "x.cumsum_axis::<0>()", "" {
        assert_eq!(x.cumsum_axis::<0>().eval(), Cpu.tensor([3.0, 4.0, 6.0, 10.0]));
    }
    "diff": "np.diff", "torch.diff" => "x.diff_axis::<0>()",
        "along axes whose size only the run knows: `x.diff_as::<0, _>(Steps)`" {
        assert_eq!(x.diff_axis::<0>().eval(), Cpu.tensor([-2.0, 1.0, 2.0]));
    }
    "cumprod": "np.cumprod", "torch.cumprod" => "x.cumprod_axis::<0>()", "" {
        assert_eq!(x.cumprod_axis::<0>().eval(), Cpu.tensor([3.0, 3.0, 6.0, 24.0]));
    }
    "cummax": "np.maximum.accumulate", "torch.cummax" => "x.cummax_axis::<0>()", "positions: `argcummax_axis`" {
        assert_eq!(x.cummax_axis::<0>().eval(), Cpu.tensor([3.0, 3.0, 3.0, 4.0]));
    }
    "cummin": "np.minimum.accumulate", "torch.cummin" => "x.cummin_axis::<0>()", "" {
        assert_eq!(x.cummin_axis::<0>().eval(), Cpu.tensor([3.0, 1.0, 1.0, 1.0]));
    }
    "logcumsumexp": "np.logaddexp.accumulate", "torch.logcumsumexp" => "y.logcumsumexp_axis::<0>()", "" {
        let y = Cpu.tensor([0.0, 0.0]);
        assert_eq!(y.logcumsumexp_axis::<0>().eval(), Cpu.tensor([0.0, 2f32.ln()]));
    }
    "sort": "np.sort", "torch.sort" => "x.sort()", "the last axis; `sort_axis::<0>()`, `sort_descending()`" {
        assert_eq!(x.sort().eval(), Cpu.tensor([1.0, 2.0, 3.0, 4.0]));
    }
    "argsort": "np.argsort", "torch.argsort" => "x.argsort()", "always stable" {
        assert_eq!(x.argsort(), Cpu.tensor([1, 2, 0, 3]));
    }
    "topk": "np.partition", "torch.topk" => "x.topk::<2, 0>()", "" {
        let (values, places) = x.topk::<2, 0>();
        assert_eq!((values.eval(), places), (Cpu.tensor([4.0, 3.0]), Cpu.tensor([3, 0])));
    }
    "kthvalue": "np.partition(x, k)[k]", "torch.kthvalue" => "x.kthvalue_axis::<0>(2)", "`k` counts from 1" {
        let (value, place) = x.kthvalue_axis::<0>(2);
        assert_eq!((value.eval().item(), place.item()), (2.0, 2));
    }
    "unique": "np.unique", "torch.unique" => "y.unique(Distinct)", "also `unique_counts`, `unique_inverse`" {
        let y = Cpu.tensor([3, 1, 3]);
        assert_eq!(y.unique(Distinct).as_slice(), [1, 3]);
    }
    "unique along an axis": "np.unique(x, axis=0)", "torch.unique(x, dim=0)" => "y.unique_axis::<0, _>(Distinct)",
        "also `unique_axis_counts`, `unique_axis_inverse`" {
        let y = Cpu.tensor([[2, 1], [1, 3], [2, 1]]);
        assert_eq!(y.unique_axis::<0, _>(Distinct).as_slice(), [1, 3, 2, 1]);
    }
    "isin": "np.isin", "torch.isin" => "y.isin(&Cpu.tensor([3, 4]))", "" {
        let y = Cpu.tensor([3, 1, 3]);
        assert_eq!(y.isin(&Cpu.tensor([3, 4])).as_slice(), [true, false, true]);
    }
    "intersect1d": "np.intersect1d", "" => "y.intersect1d(&z, Distinct)", "" {
        let (y, z) = (Cpu.tensor([3, 1, 3]), Cpu.tensor([3, 2]));
        assert_eq!(y.intersect1d(&z, Distinct).as_slice(), [3]);
    }
    "union1d": "np.union1d", "" => "y.union1d(&z, Distinct)", "" {
        let (y, z) = (Cpu.tensor([3, 1, 3]), Cpu.tensor([3, 2]));
        assert_eq!(y.union1d(&z, Distinct).as_slice(), [1, 2, 3]);
    }
    "setdiff1d": "np.setdiff1d", "" => "y.setdiff1d(&z, Distinct)", "also `setxor1d`" {
        let (y, z) = (Cpu.tensor([3, 1, 3]), Cpu.tensor([3, 2]));
        assert_eq!(y.setdiff1d(&z, Distinct).as_slice(), [1]);
        assert_eq!(y.setxor1d(&z, Distinct).as_slice(), [1, 2]);
    }
    "lexsort": "np.lexsort", "" => "keys.lexsort()", "keys of one type along the first axis, the last one decides" {
        let keys = Cpu.tensor([[30, 10, 20], [9, 9, 8]]);
        assert_eq!(keys.lexsort().as_slice(), [2, 1, 0]);
    }
    "histc": "np.histogram", "torch.histc | torch.histogram" => "x.histogram(D::<3>, None)", "counts and edges" {
        assert_eq!(x.histogram(D::<3>, None)?.0, Cpu.tensor([1, 1, 2]));
    }
    "bincount": "np.bincount", "torch.bincount" => "y.bincount(Bins, 0)", "" {
        let y = Cpu.tensor([1, 3, 1]);
        assert_eq!(y.bincount(Bins, 0)?.as_slice(), [0, 2, 0, 1]);
    }
    "bincount with weights": "np.bincount(y, weights)", "torch.bincount(y, weights)" =>
        "y.bincount_weighted(&x, Bins, 0)", "sums keep the type of the weights" {
        let y = Cpu.tensor([1, 3, 1, 0]);
        assert_eq!(y.bincount_weighted(&x, Bins, 0)?.eval().as_slice(), [4.0, 5.0, 0.0, 1.0]);
    }
    "searchsorted": "np.searchsorted | np.digitize", "torch.searchsorted | torch.bucketize" =>
        "x.sort().searchsorted(&Cpu.tensor([2.5]), Side::Left)", "" {
        assert_eq!(x.sort().searchsorted(&Cpu.tensor([2.5]), Side::Left).as_slice(), [2]);
    }
}
