//! Rows of shape operations: reshapes and views.
//!
//! Apart from `indexing`, which picks elements, and `joining`, which puts tensors together.

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
    "view": "x.reshape(..), no copy", "x.view(6)" => "x.view((D::<6>,))",
        "memory is shared; what does not lie in order does not compile" {
        assert_eq!(x.view((D::<6>,)).eval().as_slice().as_ptr(), x.as_slice().as_ptr());
    }
    "flatten": "x.ravel() | x.flatten()", "torch.flatten(x, 0)" => "x.flatten::<0>()",
        "from an axis on; the size is computed by the compiler, or named where only the run knows it: `flatten_as`" {
        assert_eq!(x.flatten::<0>().eval(), Cpu.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    }
    "unflatten": "x.reshape(..)", "torch.unflatten" => "v.unflatten::<0, _, _>(D::<2>, D::<2>)",
        "in code that is generic over the other axes, too" {
        assert_eq!(v.unflatten::<0, _, _>(D::<2>, D::<2>).eval(), Cpu.tensor([[1, 2], [3, 4]]));
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
    "movedim": "np.moveaxis", "torch.movedim" => "x.movedim::<0, -1>()", "a view" {
        assert_eq!(x.movedim::<0, -1>().eval(), x.t().eval());
    }
    "rot90": "np.rot90", "torch.rot90" => "x.rot90()",
        "a view, of the last two axes; the clockwise turn is `x.flip::<-2>().t()`" {
        assert_eq!(x.rot90().eval(), Cpu.tensor([[3.0, 6.0], [2.0, 5.0], [1.0, 4.0]]));
    }
    "pixel_shuffle": "", "F.pixel_shuffle | F.pixel_unshuffle" => "y.pixel_shuffle::<2>()",
        "and back: `pixel_unshuffle::<2>()`" {
        let y = Cpu.tensor([[[1.0]], [[2.0]], [[3.0]], [[4.0]]]);
        assert_eq!(y.pixel_shuffle::<2>().eval(), Cpu.tensor([[[1.0, 2.0], [3.0, 4.0]]]));
        assert_eq!(y.pixel_shuffle::<2>().pixel_unshuffle::<2>().eval(), y);
    }
    "expand": "np.broadcast_to", "x.expand(2, 4) | torch.broadcast_to" => "v.expand((D::<2>, D::<4>))", "a view" {
        assert_eq!(v.expand((D::<2>, D::<4>)).eval(), Cpu.tensor([[1, 2, 3, 4], [1, 2, 3, 4]]));
    }
    "flip": "np.flip(x, 1) | np.fliplr", "torch.flip(x, [1])" => "x.flip::<1>()",
        "a view; of several axes `x.flip_axes::<Axes![0, 1]>()`" {
        assert_eq!(x.flip::<1>().eval(), Cpu.tensor([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]));
    }
    "roll": "np.roll", "torch.roll" => "v.roll::<0>(1)", "" {
        assert_eq!(v.roll::<0>(1).eval(), Cpu.tensor([4, 1, 2, 3]));
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
