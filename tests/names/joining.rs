//! Rows of joining, splitting, repeating and padding.
//!
//! Apart from `shapes`, whose results hold the elements of one tensor once.

use congruent::ops::Edges;
use congruent::prelude::*;

dims! { Old = ?, New = ?, Both = ?, Part = ? }

rows! {
    "shape ops";
    given {
        let x = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let v = Cpu.tensor([1, 2, 3, 4]);
    }
    "repeat, tile": "np.tile", "x.repeat(2) | torch.tile" => "v.tile::<0, 2>()",
        "one axis a call, `.tile::<0, 2>().tile::<1, 3>()`; `tile_as` where only the run knows how often" {
        assert_eq!(v.tile::<0, 2>().eval(), Cpu.tensor([1, 2, 3, 4, 1, 2, 3, 4]));
    }
    "repeat_interleave": "np.repeat", "torch.repeat_interleave" => "v.repeat_interleave::<0, 2>()",
        "`repeat_interleave_as` where only the run knows how often" {
        assert_eq!(v.repeat_interleave::<0, 2>().eval(), Cpu.tensor([1, 1, 2, 2, 3, 3, 4, 4]));
    }
    "repeat by counts": "np.repeat(v, counts)", "torch.repeat_interleave(v, counts)" =>
        "v.repeat_interleave_each::<0>(&counts, Both)", "`Both` names the axis, whose size is the sum" {
        let counts = Cpu.tensor([2, 0, 0, 1]);
        assert_eq!(v.repeat_interleave_each::<0>(&counts, Both).eval().as_slice(), [1, 1, 4]);
    }
    "cat": "np.concatenate | np.concat | np.vstack | np.hstack", "torch.cat | torch.concat" => "x.concat::<0, _>(&y)",
        "two of any sizes, or any number of one shape: `[&x, &x].cat::<0>()`" {
        let y = Cpu.tensor([[7.0, 8.0, 9.0]]);
        assert_eq!(x.concat::<0, _>(&y).eval().as_slice(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert_eq!([&v, &v].cat::<0>().eval().as_slice(), [1, 2, 3, 4, 1, 2, 3, 4]);
    }
    "run-time cat": "np.concatenate([a, b])", "torch.cat" => "a.concat_as::<0, _, _>(&b, Both)",
        "where only the run knows the sizes: `Both` names the sum; lists of any length: `list.cat_as::<0, _>(Both)`" {
        let (a, b) = (Cpu.full((Old(2),), 1), Cpu.full((New(1),), 2));
        assert_eq!(a.concat_as::<0, _, _>(&b, Both).eval().as_slice(), [1, 1, 2]);
        let list = vec![a.clone(), a];
        assert_eq!(list.cat_as::<0, _>(Both).eval().shape(), (Both(4),));
    }
    "list stack": "np.stack(list)", "torch.stack(list)" => "list.stack_as::<0, _>(Both)",
        "vectors, slices, iterators of tensors or expressions: `Both` names their number" {
        let list: Vec<_> = (0..3).map(|i| Cpu.full((D::<2>,), i)).collect();
        assert_eq!(list.stack_as::<0, _>(Both).eval().as_slice(), [0, 0, 1, 1, 2, 2]);
    }
    "stack": "np.stack", "torch.stack" => "[&v, &v].stack::<1>()", "" {
        assert_eq!([&v, &v].stack::<1>().eval(), Cpu.tensor([[1, 1], [2, 2], [3, 3], [4, 4]]));
    }
    "split": "np.split", "torch.split" => "v.split::<0, _>(D::<2>)",
        "views; `split_at::<0, 1>()` cuts in two, of any sizes" {
        let parts = v.split::<0, _>(D::<2>).into_iter().map(|part| part.eval());
        assert!(parts.eq([Cpu.tensor([1, 2]), Cpu.tensor([3, 4])]));
    }
    "split by sizes": "np.split(x, [1])", "torch.split(x, [1, 3])" => "v.split_as::<0, _>(&[1, 3], Part)",
        "views of all sizes under one name" {
        let parts: Vec<_> = v.split_as::<0, _>(&[1, 3], Part).into_iter().map(|part| part.eval().to_vec()).collect();
        assert_eq!(parts, [vec![1], vec![2, 3, 4]]);
    }
    "unbind": "np.unstack", "torch.unbind" => "x.unbind::<0>()", "" {
        assert_eq!(x.unbind::<0>().pop().ok_or("empty")?.eval(), Cpu.tensor([4.0, 5.0, 6.0]));
    }
    "pad": "np.pad", "F.pad" => "v.pad::<0, 1, 2>(0)",
        "before and after, one axis a call; `pad_as` where only the run knows how many" {
        assert_eq!(v.pad::<0, 1, 2>(0).eval(), Cpu.tensor([0, 1, 2, 3, 4, 0, 0]));
    }
    "pad modes": "np.pad(x, 1, mode='reflect')", "F.pad(x, .., mode='reflect')" =>
        "v.pad_edges::<0, 2, 1>(Edges::Reflect)", "`Reflect`, `Replicate`, `Circular`" {
        assert_eq!(v.pad_edges::<0, 2, 1>(Edges::Reflect).eval(), Cpu.tensor([3, 2, 1, 2, 3, 4, 3]));
    }
    "chunk": "np.split(x, 2)", "torch.chunk" => "v.chunk::<0, 2>()", "an array, to be taken apart; views" {
        let [left, right] = v.chunk::<0, 2>();
        assert_eq!((left.eval(), right.eval()), (Cpu.tensor([1, 2]), Cpu.tensor([3, 4])));
    }
    "hstack": "np.hstack | np.column_stack", "torch.hstack" => "x.concat::<-1, _>(&x)",
        "of vectors along axis 0, of matrices along axis 1" {
        assert_eq!(x.concat::<-1, _>(&x).eval().as_slice()[..6], [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    }
    "vstack": "np.vstack", "torch.vstack" => "x.concat::<0, _>(&x)", "vectors are stacked: `[&v, &v].stack::<0>()`" {
        assert_eq!(x.concat::<0, _>(&x).eval().dims()[..], [4, 3]);
    }
    "append": "np.append | np.insert | np.delete", "" => "v.slice(s![..1]).concat::<0, _>(v.slice(s![2..]))",
        "parts, put together" {
        assert_eq!(v.slice(s![..1]).concat::<0, _>(v.slice(s![2..])).eval(), Cpu.tensor([1, 3, 4]));
    }
}
