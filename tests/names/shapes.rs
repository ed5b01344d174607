//! Rows of shape operations: reshapes, views, joining, splitting, padding.
//!
//! Apart from `indexing`, which picks elements.

use congruent::ops::Edges;
use congruent::prelude::*;

dims! { Batch = ?, Tokens = ? }

rows! {
    "shape ops";
    given {
        let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let v = Cpu.tensor([1, 2, 3, 4]);
    }
    "reshape": "x.reshape(3, 2)", "x.reshape(3, 2)" => "x.reshape((D::<3>, D::<2>))",
        "memory in order is shared, anything else is computed first" {
        assert_eq!(x.reshape((D::<3>, D::<2>)).eval(), Cpu.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
    }
    "squeeze": "np.squeeze(x, 0)", "x.squeeze(0)" => "y.squeeze::<0>()", "an axis that is not `D<1>` does not compile" {
        let y = Cpu.tensor([[1, 2]]);
        assert_eq!(y.squeeze::<0>().eval(), Cpu.tensor([1, 2]));
    }
    "unsqueeze": "np.expand_dims", "x.unsqueeze(-1)" => "v.unsqueeze::<-1>()", "" {
        assert_eq!(v.unsqueeze::<-1>().eval(), Cpu.tensor([[1], [2], [3], [4]]));
    }
    "permute": "np.transpose(x, (1, 0)) | np.permute_dims", "x.permute(1, 0)" => "x.permute::<Axes![1, 0]>()",
        "a view" {
        assert_eq!(x.permute::<Axes![1, 0]>().eval().as_slice(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
    "transpose": "np.swapaxes | np.matrix_transpose", "x.transpose(0, 1) | x.swapaxes(0, 1) | x.mT" =>
        "x.transpose::<0, 1>()", "a view; `x.t()` for the last two" {
        assert_eq!(x.transpose::<0, 1>().eval(), x.t().eval());
        assert_eq!(x.t().shape(), (D::<3>, D::<2>));
    }
    "expand": "np.broadcast_to", "x.expand(2, 4) | torch.broadcast_to" => "v.expand((D::<2>, D::<4>))", "a view" {
        assert_eq!(v.expand((D::<2>, D::<4>)).eval(), Cpu.tensor([[1, 2, 3, 4], [1, 2, 3, 4]]));
    }
    "repeat, tile": "np.tile", "x.repeat(2) | torch.tile" => "v.tile::<0, 2>()", "one axis a call" {
        assert_eq!(v.tile::<0, 2>().eval(), Cpu.tensor([1, 2, 3, 4, 1, 2, 3, 4]));
    }
    "repeat_interleave": "np.repeat", "torch.repeat_interleave" => "v.repeat_interleave::<0, 2>()", "" {
        assert_eq!(v.repeat_interleave::<0, 2>(), Cpu.tensor([1, 1, 2, 2, 3, 3, 4, 4]));
    }
    "cat": "np.concatenate | np.concat | np.vstack | np.hstack", "torch.cat | torch.concat" => "x.concat::<0, _>(&y)",
        "two of any sizes, or any number of one shape: `[&x, &x].cat::<0>()`" {
        let y = Cpu.tensor([[7.0, 8.0, 9.0]]);
        assert_eq!(x.concat::<0, _>(&y).eval().as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!([&v, &v].cat::<0>().eval().as_slice(), [1, 2, 3, 4, 1, 2, 3, 4]);
    }
    "stack": "np.stack", "torch.stack" => "[&v, &v].stack::<1>()", "" {
        assert_eq!([&v, &v].stack::<1>().eval(), Cpu.tensor([[1, 1], [2, 2], [3, 3], [4, 4]]));
    }
    "split": "np.split", "torch.split" => "v.split::<0, _>(D::<2>)",
        "views; `split_at::<0, 1>()` cuts in two, of any sizes" {
        let parts = v.split::<0, _>(D::<2>).into_iter().map(|part| part.eval());
        assert!(parts.eq([Cpu.tensor([1, 2]), Cpu.tensor([3, 4])]));
    }
    "unbind": "np.unstack", "torch.unbind" => "x.unbind::<0>()", "" {
        assert_eq!(x.unbind::<0>().pop().ok_or("empty")?.eval(), Cpu.tensor([4.0, 5.0, 6.0]));
    }
    "flip": "np.flip(x, 1) | np.fliplr", "torch.flip(x, [1])" => "x.flip::<1>()", "a view, one axis a call" {
        assert_eq!(x.flip::<1>().eval(), Cpu.tensor([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]));
    }
    "roll": "np.roll", "torch.roll" => "v.roll::<0>(1)", "" {
        assert_eq!(v.roll::<0>(1), Cpu.tensor([4, 1, 2, 3]));
    }
    "pad": "np.pad", "F.pad" => "v.pad::<0, 1, 2>(0)", "before and after, one axis a call" {
        assert_eq!(v.pad::<0, 1, 2>(0).eval(), Cpu.tensor([0, 1, 2, 3, 4, 0, 0]));
    }
    "pad modes": "np.pad(x, 1, mode='reflect')", "F.pad(x, .., mode='reflect')" =>
        "v.pad_edges::<0, 2, 1>(Edges::Reflect)", "`Reflect`, `Replicate`, `Circular`" {
        assert_eq!(v.pad_edges::<0, 2, 1>(Edges::Reflect), Cpu.tensor([3, 2, 1, 2, 3, 4, 3]));
    }
    "contiguous": "np.ascontiguousarray", "x.contiguous()" => "x.t().eval()",
        "tensors are always in order; only expressions are views" {
        assert_eq!(x.t().eval().as_slice(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
    "rename": "", "x.rename('batch', ..)" => "x.rename((Batch(2), D::<3>))",
        "axes get other names; the sizes are checked" {
        assert_eq!(x.rename((Batch(2), D::<3>))?.shape().0, Batch(2));
    }
}
