//! Dims that give another size at each call, through every kind of operation: what is read, computed and differentiated
//! stays inside of its memory.
#![forbid(unsafe_code)]

use attacks::{Evil, with_lies};
use congruent::prelude::*;

/// A tensor with a lying axis in front.
fn tall<E: Elem>() -> Tensor<(Evil, D<4>), E> {
    Cpu.from_slice((Evil, D::<4>), &[E::of_i64(1); 8]).expect("an honest axis")
}

/// A tensor with a lying axis behind.
fn wide<E: Elem>() -> Tensor<(D<4>, Evil), E> {
    Cpu.from_slice((D::<4>, Evil), &[E::of_i64(1); 8]).expect("an honest axis")
}

/// Each line is an attack of its own.
macro_rules! attacks {
    ($name:ident: $($attack:expr;)*) => {
        #[test]
        fn $name() {
            $(with_lies(2, || drop(attempt(|| $attack)));)*
        }
    };
}

attacks! { memory:
    Cpu.zeros_of::<f32, _>((Evil, D::<4>)).to_vec();
    Cpu.full((Evil, D::<4>), true).to_string();
    Cpu.from_fn((Evil, Evil), |i| i as i64).as_slice().to_vec();
    Cpu.from_vec((Evil, D::<4>), vec![1.0f32; 8]).map(|x| x.into_vec());
    Cpu.from_iter((Evil, D::<4>), [1u8; 8]).map(|x| x.convert::<f64>().to_vec());
    Cpu.uniform((Evil, D::<4>), Key::new(0), 0.0, 1.0);
    tall::<f32>().rename((D::<2>, Evil)).map(|x| x.to_string());
    tall::<f32>() == tall::<f32>();
    Param::<(Evil, D<4>)>::from(tall::<f32>()).infer(|w| (w * 2.0).eval().to_vec());
}

attacks! { views:
    tall::<f32>().t().eval();
    (tall::<f32>().t() + &wide::<f32>()).eval();
    tall::<bool>().t().eval();
    (wide::<i64>().t() + &tall::<i64>()).eval();
    tall::<f32>().expand((D::<3>, Evil, D::<4>)).eval();
    (tall::<i64>().expand((D::<3>, Evil, D::<4>)) + 1).eval();
    tall::<f32>().reshape((D::<4>, Evil)).eval();
    (tall::<i64>().reshape((Evil, D::<2>, D::<2>)) * 2).eval();
    tall::<f32>().slice(s![0..1, ..]).eval();
    (wide::<i64>().slice(s![1.., ..]) + 1).eval();
    (tall::<f32>().slice(s![.., 1..3]) * 2.0).eval();
    tall::<f32>().permute::<Axes![1, 0]>().eval();
    wide::<f32>().flip::<1>().eval();
}

attacks! { regions:
    (&tall::<f32>() + &Cpu.ones::<Shape![4]>()).eval();
    (&tall::<f32>() * &tall::<f32>() + &tall::<f32>()).exp().eval();
    (&wide::<f32>() + &Cpu.ones::<Shape![1]>()).eval();
    (&wide::<f32>() + &Cpu.full((Evil,), 1.0)).sum().eval();
    (&tall::<i64>() + &Cpu.full((D::<4>,), 1)).eval();
    (&wide::<i64>() * &Cpu.full((Evil,), 3)).eval();
    tall::<f32>().gt(&tall::<f32>()).eval();
    tall::<f32>().cast::<bf16>().eval();
    (&tall::<bf16>() + &Cpu.full((D::<4>,), bf16::ONE)).eval();
    tall::<f32>().share(|x| x * x).eval();
    tall::<f32>().with(|x| x - x.mean_keepdim::<1>()).eval();
    tall::<f32>().boxed().eval();
}

attacks! { rows:
    tall::<f32>().sum_axis::<0>().eval();
    wide::<f32>().sum_axis::<1>().eval();
    wide::<f32>().max_axis::<1>().eval();
    tall::<i64>().sum_axis::<0>().eval();
    wide::<f32>().softmax().eval();
    tall::<f32>().layer_norm(1e-5).eval();
    tall::<f32>().argmax_axis::<0>().eval();
    wide::<i64>().argmax_axis::<1>().eval();
    tall::<f32>().sort_axis::<0>().eval();
    tall::<f32>().cumsum_axis::<0>().eval();
    wide::<i64>().cumsum_axis::<1>().eval();
}

attacks! { products:
    tall::<f32>().matmul(&wide::<f32>()).eval();
    wide::<f32>().matmul(&tall::<f32>()).eval();
    wide::<bf16>().matmul(&tall::<bf16>()).eval();
    tall::<i64>().matmul(&wide::<i64>()).eval();
    tall::<f32>().t().matmul(&tall::<f32>()).eval();
    einsum!("a b, b a -> a", &tall::<f32>(), &wide::<f32>()).eval();
    Cpu.full((Evil, D::<4>, D::<3>), 1.0).matmul(&Cpu.full((Evil, D::<3>, D::<5>), 1.0)).eval();
    Cpu.full((Evil, D::<4>, D::<3>), bf16::ONE).matmul(&Cpu.full((Evil, D::<3>, D::<5>), bf16::ONE)).eval();
}

attacks! { indices:
    tall::<f32>().gather(&Cpu.tensor([0, 1, 1])).eval();
    tall::<f32>().index_select::<0>(&Cpu.tensor([0, 1, 1])).eval();
    tall::<f32>().concat_as::<0, _, _>(&tall::<f32>(), |_| D::<4>).eval();
    [&tall::<i64>(), &tall::<i64>()].stack::<0>().eval();
    wide::<f32>().pad::<0, 1, 1>(0.0).eval();
    tall::<f32>().roll::<0>(1).eval();
    tall::<f32>().cross_entropy(&Cpu.full((Evil,), 1i64)).eval();
}

attacks! { lengths:
    tall::<f32>().slice(s![Evil = 1..]).eval();
    (wide::<f32>().slice(s![.., Evil = ..; 2]) * 2.0).eval();
    wide::<i64>().assign(s![.., Evil = 1..], &wide::<i64>().slice(s![.., Evil = ..-1]).eval());
    wide::<f32>().split_as::<1, _>(&[1, 3], |_| Evil).pop().map(|part| part.eval());
    wide::<f32>().pad_as::<1, _>(1, 1, 0.0, |_| Evil).eval();
    wide::<f32>().tile_as::<1, _>(2, |_| Evil).eval();
    tall::<f32>().repeat_interleave_as::<0, _>(2, |_| Evil).eval();
    wide::<f32>().unfold_as::<1, _, _>(Evil, 1, |_| Evil).eval();
    tall::<f32>().unfold_as::<0, _, _>(D::<2>, 1, |_| Evil).eval();
    tall::<f32>().flatten_as::<0, _>(|_| Evil).eval();
    wide::<f32>().unflatten::<-1, _, _>(Evil, D::<2>).eval();
    vec![&tall::<f32>(), &tall::<f32>()].cat_as::<0, _>(|_| Evil).eval();
    vec![&wide::<f32>(), &wide::<f32>()].stack_as::<0, _>(|_| Evil).eval();
    Cpu.from_rows(|_| Evil, |_| Evil, &[[1.0], [2.0]]).map(|x| x.to_vec());
}

/// The gradients of a loss of two parameters whose shapes lie.
macro_rules! gradients {
    ($name:ident: |$x:ident, $y:ident: $E:ty| $($loss:expr;)*) => {
        #[test]
        fn $name() {
            $(with_lies(2, || {
                let tall: Param<(Evil, D<4>), Weights<$E>> = tall::<$E>().into();
                let wide: Param<(D<4>, Evil), Weights<$E>> = wide::<$E>().into();
                let step = (tall, wide).value_and_grad(|($x, $y)| $loss);
                drop(step.map(|(_, (x, y))| (x.tensor().to_vec(), y.tensor().to_vec())));
            });)*
        }
    };
}

gradients! { single: |x, y: f32|
    (x * x).sum() + (y * &Cpu.ones::<Shape![4, 1]>()).sum();
    (x * y.t()).mean();
    (x * &Cpu.ones::<Shape![4]>()).exp().sum_axis::<0>().sum() + y.sum();
    x.matmul(y).square().sum();
    y.matmul(x).softmax().max_axis::<1>().sum();
    (x.expand((D::<3>, Evil, D::<4>)) * x).sum() + y.flip::<1>().square().sum();
    x.slice(s![0..1, ..]).square().sum() + y.slice(s![1.., ..]).square().sum();
    x.reshape((D::<4>, Evil)).with(|v| v * y + v).sum();
    x.share(|v| v * v).boxed().sum() + y.layer_norm(1e-5).sum();
    x.cross_entropy(&Cpu.full((Evil,), 1i64)) + y.sum();
    x.concat_as::<0, _, _>(y.t(), |_| D::<4>).square().sum();
    x.diff_as::<0, _>(|_| Evil).square().sum() + y.slice(s![.., Evil = 1..]).exp().sum();
    vec![x, x].cat_as::<0, _>(|_| Evil).square().sum() + y.tile_as::<1, _>(2, |_| Evil).sum();
}

gradients! { half: |x, y: bf16|
    (x * y.t()).sum();
    (x * x.sum_axis::<0>()).sum() + (y * y.mean_keepdim::<0>()).sum();
    x.matmul(y).sum();
}
