//! Rows of products and movement by label.
//!
//! Apart from `linear_algebra`: axes have names here.

use congruent::prelude::*;

rows! {
    "einsum";
    given { let a = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]); }
    "einsum": "np.einsum('ij,jk->ik', a, a)", "torch.einsum" => "einsum!(\"i j, j k -> i k\", &a, &a)",
        "labels are checked by the compiler" {
        assert_eq!(einsum!("i j, j k -> i k", &a, &a).eval(), Cpu.tensor([[7.0, 10.0], [15.0, 22.0]]));
    }
    "tensordot": "np.tensordot(a, a, 1)", "torch.tensordot" => "a.tensordot::<1, _>(&a)", "" {
        assert_eq!(a.tensordot::<1, _>(&a).eval(), Cpu.tensor([[7.0, 10.0], [15.0, 22.0]]));
    }
    "rearrange": "einops.rearrange", "einops.rearrange" => "rearrange!(&a, \"i j -> (j i)\")", "" {
        assert_eq!(rearrange!(&a, "i j -> (j i)").eval(), Cpu.tensor([1.0, 3.0, 2.0, 4.0]));
    }
    "reduce": "einops.reduce", "einops.reduce" => "reduce!(&a, max, \"i j -> j\")", "" {
        assert_eq!(reduce!(&a, max, "i j -> j").eval(), Cpu.tensor([3.0, 4.0]));
    }
    "repeat": "einops.repeat", "einops.repeat" => "repeat!(&x, \"w -> (w n)\", n = D::<2>)", "" {
        let x = Cpu.tensor([1.0, 2.0]);
        assert_eq!(repeat!(&x, "w -> (w n)", n = D::<2>).eval(), Cpu.tensor([1.0, 1.0, 2.0, 2.0]));
    }
    "einsum ellipsis": "np.einsum('...ij->...ji', a)", "torch.einsum" => "einsum!(\"...ij -> ...ji\", &x)",
        "also in `rearrange!`, `reduce!` and `repeat!`" {
        let x = Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]]]);
        assert_eq!(einsum!("...ij -> ...ji", &x).eval(), Cpu.tensor([[[1.0, 3.0], [2.0, 4.0]]]));
    }
}
