//! Rows of reductions over all elements, one axis or several.
//!
//! Apart from `order`, whose results are picked from sorted elements.

use congruent::prelude::*;

rows! {
    "reductions";
    given { let x = Cpu.tensor([[1.0, 4.0], [3.0, 2.0]]); }
    "sum": "np.sum", "torch.sum" => "x.sum()", "each has `_axis`, `_keepdim`, `_axes` and `_axes_keepdim` forms" {
        assert_eq!((x.sum().eval().item(), x.sum_axis::<0>().eval()), (10.0, Cpu.tensor([4.0, 6.0])));
    }
    "prod": "np.prod", "torch.prod" => "x.prod()", "" {
        assert_eq!(x.prod().eval().item(), 24.0);
    }
    "mean": "np.mean", "torch.mean" => "x.mean_axis::<1>()", "" {
        assert_eq!(x.mean_axis::<1>().eval(), Cpu.tensor([2.5, 2.5]));
    }
    "std": "np.std(ddof=1)", "torch.std" => "x.std_axis::<1>(1)", "NumPy's default is `std(0)`, PyTorch's `std(1)`" {
        assert!(x.std_axis::<1>(1).allclose(&Cpu.tensor([2.1213203, 0.70710677]), 1e-6, 0.0));
    }
    "var": "np.var(ddof=0)", "torch.var" => "x.var(0)", "the argument is NumPy's `ddof`, PyTorch's `correction`" {
        assert_eq!(x.var(0).eval().item(), 1.25);
    }
    "max, amax": "np.max | np.amax", "torch.max | torch.amax" => "x.max_axis::<0>()",
        "ties share the gradient, as `amax`; positions: `argmax`" {
        assert_eq!(x.max_axis::<0>().eval(), Cpu.tensor([3.0, 4.0]));
    }
    "min, amin": "np.min | np.amin", "torch.min | torch.amin" => "x.min()", "" {
        assert_eq!(x.min().eval().item(), 1.0);
    }
    "argmax": "np.argmax", "torch.argmax" => "x.argmax_axis::<1>()", "" {
        assert_eq!((x.argmax().item(), x.argmax_axis::<1>()), (1, Cpu.tensor([1, 0])));
    }
    "argmin": "np.argmin", "torch.argmin" => "x.argmin()", "" {
        assert_eq!(x.argmin().item(), 0);
    }
    "any": "np.any", "torch.any" => "x.gt(3.0).any()", "`any_axis::<0>()` along an axis" {
        assert!(x.gt(3.0).any());
        assert_eq!(x.gt(3.0).any_axis::<0>().as_slice(), [false, true]);
    }
    "all": "np.all", "torch.all" => "x.gt(0.0).all()", "" {
        assert!(x.gt(0.0).all());
    }
    "norm": "np.linalg.norm", "torch.linalg.vector_norm" => "x.norm(2.0)",
        "`norm_axis::<1>(p)`; of matrices: `matrix_norm`" {
        assert!((x.norm(2.0).eval().item() - 30f32.sqrt()).abs() < 1e-6);
    }
    "logsumexp": "scipy.special.logsumexp", "torch.logsumexp" => "x.logsumexp()", "" {
        assert!((x.logsumexp().eval().item() - 4.44019).abs() < 1e-5);
    }
    "nansum": "np.nansum", "torch.nansum" => "y.nansum()", "" {
        let y = Cpu.tensor([1.0, f32::NAN, 3.0]);
        assert_eq!(y.nansum().eval().item(), 4.0);
    }
    "nanmean": "np.nanmean", "torch.nanmean" => "y.nanmean()", "" {
        let y = Cpu.tensor([1.0, f32::NAN, 3.0]);
        assert_eq!(y.nanmean().eval().item(), 2.0);
    }
    "nanmax": "np.nanmax | np.nanmin", "" => "y.nanmax()", "NaN when there are no numbers" {
        let y = Cpu.tensor([1.0, f32::NAN, 3.0]);
        assert_eq!((y.nanmax().eval().item(), y.nanmin().eval().item()), (3.0, 1.0));
    }
    "nanstd": "np.nanstd | np.nanvar", "" => "y.nanstd(0)", "the argument is NumPy's `ddof`" {
        let y = Cpu.tensor([1.0, f32::NAN, 3.0]);
        assert_eq!((y.nanstd(0).eval().item(), y.nanvar(1).eval().item()), (1.0, 2.0));
    }
    "cov": "np.cov | np.corrcoef", "torch.cov | torch.corrcoef" => "x.cov(1)",
        "rows are variables; NumPy's `ddof` is said; `x.corrcoef()`" {
        let x = Cpu.tensor([[1.0, 2.0, 3.0], [1.0, 0.0, -1.0]]);
        assert_eq!(x.cov(1).eval(), Cpu.tensor([[1.0, -1.0], [-1.0, 1.0]]));
        assert!(x.corrcoef().allclose(x.cov(1), 1e-6, 0.0));
    }
    "count_nonzero": "np.count_nonzero", "torch.count_nonzero" => "y.count_nonzero()", "" {
        let y = Cpu.tensor([0, 5, 7]);
        assert_eq!(y.count_nonzero().item(), 2);
    }
}
