//! Rows of what is a line of other operations.
//!
//! Apart from `reductions` and `order`: these have no name here, and need none.

use congruent::prelude::*;

rows! {
    "reductions";
    given { let x = Cpu.tensor([[1.0, 4.0], [3.0, 2.0]]); }
    "ptp": "np.ptp", "" => "x.max() - x.min()", "" {
        assert_eq!((x.max() - x.min()).eval().item(), 3.0);
    }
    "average": "np.average(x, axis=1, weights=w)", "" => "(&x * &w).sum_axis::<1>() / w.sum()", "" {
        let w = Cpu.tensor([1.0, 3.0]);
        assert_eq!(((&x * &w).sum_axis::<1>() / w.sum()).eval(), Cpu.tensor([3.25, 2.25]));
    }
    "normalize": "x / np.linalg.norm(x)", "F.normalize" => "&x / x.norm_keepdim::<-1>(2.0)", "" {
        let unit = (&x / x.norm_keepdim::<-1>(2.0)).eval();
        assert!(unit.square().sum_axis::<-1>().allclose(1.0, 1e-6, 0.0));
    }
    "cosine_similarity": "", "F.cosine_similarity" =>
        "(&x * &y).sum_axis::<-1>() / (x.norm_axis::<-1>(2.0) * y.norm_axis::<-1>(2.0))", "" {
        let y = (&x * 2.0).eval();
        let cosine = (&x * &y).sum_axis::<-1>() / (x.norm_axis::<-1>(2.0) * y.norm_axis::<-1>(2.0));
        assert!(cosine.allclose(1.0, 1e-6, 0.0));
    }
    "standardise": "(x - x.mean()) / x.std()", "" => "(&x - x.mean()) / x.std(0)", "" {
        assert!(((&x - x.mean()) / x.std(0)).std(0).allclose(1.0, 1e-6, 0.0));
    }
    "apply_along_axis": "np.apply_along_axis(f, 1, x)", "" =>
        "x.unbind::<0>().into_iter().map(|row| (&row.eval() * 2.0).eval())",
        "operations take the axis, `x.sort_axis::<1>()`; a function of one row is called for each, and stacked" {
        let rows: Vec<_> = x.unbind::<0>().into_iter().map(|row| (&row.eval() * 2.0).eval()).collect();
        assert_eq!([&rows[0], &rows[1]].stack::<0>().eval(), (&x * 2.0).eval());
    }
    "trapezoid": "np.trapezoid(x)", "torch.trapezoid" => "x.unfold::<-1, 2, 1>().mean_axis::<-1>().sum_axis::<-1>()",
        "at distance 1" {
        let x = Cpu.tensor([[1.0, 3.0, 5.0]]);
        assert_eq!(x.unfold::<-1, 2, 1>().mean_axis::<-1>().sum_axis::<-1>().eval().as_slice(), [6.0]);
    }
    "glu": "", "F.glu" => "a * b.sigmoid()", "" {
        let [a, b] = x.chunk::<-1, 2>();
        assert_eq!((a * b.sigmoid()).eval().dims()[..], [2, 1]);
    }
}
