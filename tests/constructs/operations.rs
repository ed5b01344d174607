//! Rows of operations that no table of formulas holds: views, joins, casts, reductions, products, indices, order.

use super::constructs;
use congruent::ops::{GridMode, GridSample};
use congruent::prelude::*;

congruent::elementwise! {
    /// Formulas of a user's own.
    trait Own;
    /// One of them.
    Swing: swing(x) = x * x.tanh(), for x in -1.0..1.0;
}

dims! { High = ?, Wide = ? }

fn column() -> Param<Shape![4, 1], Weights<f64>> {
    Cpu.uniform_of((D::<4>, D::<1>), Key::new(5), 0.2, 1.2).into()
}

constructs! {
    ctc: input(3), |m, x, _| {
        let (steps, counts) = (Cpu.tensor([3i64]), Cpu.tensor([2i64]));
        let x = (x.ex() * m).log_softmax().unsqueeze::<0>();
        x.ctc(&Cpu.tensor([[1i64, 2]]), &steps, &counts, congruent::ops::Ctc::default())
    };
    rnnt: input(3), |m, x, _| {
        let (steps, counts) = (Cpu.tensor([3i64]), Cpu.tensor([1i64]));
        (x.ex() * m).reshape((D::<1>, D::<3>, D::<2>, D::<2>)).rnnt(&Cpu.tensor([[1i64]]), &steps, &counts, 0)
    };
    t: input(3), |m, x, w| (x.ex() * m).t() * w.t();
    transpose: input(3), |m, x, _| (x.ex() * m).transpose::<0, 1>().tanh();
    permute: input(3), |m, x, _| x.permute::<Axes![1, 0]>() * m.t();
    movedim: input(3), |m, x, _| x.movedim::<0, 1>() * m.t();
    rot90: input(3), |m, x, _| x.rot90() * m.rot90();
    expand: column(), |m, x, _| m.expand((D::<4>, D::<3>)) * x.t();
    reshape: input(3), |m, x, w| x.reshape((D::<2>, D::<6>)) * m.reshape((D::<2>, D::<6>)) * w.view((D::<2>, D::<6>));
    flatten: input(3), |m, x, _| {
        x.flatten::<0>() * m.flatten::<0>().unflatten::<0, _, _>(D::<3>, D::<4>).flatten::<0>()
    };
    unsqueeze: input(3), |m, x, _| (x.unsqueeze::<0>() * m).squeeze::<0>();
    slice: input(3), |m, x, w| x.slice(s![1.., ..2]) * m.slice(s![..2, 2..]) * w.slice(s![0..2, 1..3]);
    narrow: input(3), |m, x, _| x.narrow::<1, _>(1, D::<2>) * m.narrow::<1, _>(0, D::<2>);
    select: input(3), |m, x, _| x.select::<0>(1) * m.select::<0>(-1);
    flip: input(3), |m, x, _| x.flip::<1>() * m;
    flip_axes: input(3), |m, x, _| x.flip_axes::<Axes![0, -1]>() * m;
    concat: input(3), |m, x, w| (x.ex() * m).concat::<0, _>(w * m).tanh();
    concat_as: input(3), |m, x, w| (x.ex() * m).concat_as::<0, _, _>(w * m, |_| D::<6>);
    slice_named: input(3), |m, x, w| {
        let inner = x.slice(s![High = 1.., Wide = ..2]) * m.slice(s![High = ..2, Wide = 2..]);
        inner * w.slice(s![High = ..; 2, Wide = 1..=2])
    };
    split_as: input(3), |m, x, _| (x.ex() * m).with(|u| {
        let [a, b, c] = <[_; 3]>::try_from(u.split_as::<1, _>(&[1, 2, 1], Wide)).expect("three parts");
        a * c + b.sum()
    });
    flatten_as: input(3), |m, x, _| x.flatten_as::<0, _>(High) * m.flatten_as::<0, _>(High);
    pad_as: input(3), |m, x, _| (x.ex() * m).pad_as::<1, _>(1, 2, 0.5, Wide);
    tile_as: input(3), |m, x, _| (x.ex() * m).tile_as::<0, _>(2, High);
    stack_as: input(3), |m, x, _| vec![x.ex() * m, x.ex() * m].stack_as::<1, _>(Wide).tanh();
    cat_as: input(3), |m, x, _| vec![x.ex() * m, x.ex() * m].cat_as::<1, _>(Wide).tanh();
    diff_as: input(3), |m, x, _| (x.ex() * m).diff_as::<1, _>(Wide);
    conv1d: input(3), |m, x, w| {
        let weight = (x.ex() * m).reshape((D::<2>, D::<3>, D::<2>));
        w.unsqueeze::<0>().conv1d(weight, Filter::<2, 1, 1>)
    };
    conv2d_as: input(3), |m, x, _| {
        let weight = m.reshape((D::<3>, D::<1>, D::<2>, D::<2>));
        (x.ex() * 2.0).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).conv2d_as(weight, Filter::<2>, High, Wide)
    };
    max_pool2d: input(3), |m, x, _| (x.ex() * m).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).max_pool2d(Pool::<2, 1>);
    avg_pool1d_as: input(3), |m, x, _| (x.ex() * m).unsqueeze::<1>().avg_pool1d_as(Pool::<3, 2, 1>, Wide);
    conv_transpose1d: input(3), |m, x, w| {
        let weight = (x.ex() * m).reshape((D::<3>, D::<2>, D::<2>));
        w.unsqueeze::<0>().conv_transpose1d(weight, TransposedFilter::<2, 2>)
    };
    conv_transpose2d_as: input(3), |m, x, _| {
        let weight = m.reshape((D::<1>, D::<3>, D::<2>, D::<2>));
        let pictures = (x.ex() * 2.0).reshape((D::<1>, D::<1>, D::<3>, D::<4>));
        pictures.conv_transpose2d_as(weight, TransposedFilter::<2, 2, 1>, High, Wide)
    };
    adaptive_max_pool2d: input(3), |m, x, _| {
        (x.ex() * m).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).adaptive_max_pool2d((D::<2>, D::<3>))
    };
    adaptive_avg_pool1d: input(3), |m, x, _| (x.ex() * m).unsqueeze::<1>().adaptive_avg_pool1d((D::<3>,));
    interpolate2d: input(3), |m, x, _| {
        let how = Resample::Cubic { align_corners: false };
        (x.ex() * m).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).interpolate2d((D::<5>, D::<3>), how)
    };
    unfold2d: input(3), |m, x, _| (x.ex() * m).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).unfold2d(Filter::<2, 1, 1>);
    unfold1d_as: input(3), |m, x, _| (x.ex() * m).unsqueeze::<0>().unfold1d_as(Filter::<2>, Wide);
    fold2d: input(3), |m, x, _| {
        (x.ex() * m).reshape((D::<1>, D::<4>, D::<3>)).fold2d((D::<2>, D::<4>), Filter::<2>)
    };
    fold1d_as: input(3), |m, x, _| (x.ex() * m).reshape((D::<1>, D::<3>, D::<4>)).fold1d_as((Wide(6),), Filter::<3>);
    max_pool2d_with_indices: input(3), |m, x, _| {
        let pictures = (x.ex() * m).reshape((D::<1>, D::<1>, D::<3>, D::<4>));
        let (y, indices) = pictures.max_pool2d_with_indices(Pool::<2, 1>);
        y.square().max_unpool2d(&indices, (D::<3>, D::<4>))
    };
    max_pool1d_with_indices_as: input(3), |m, x, _| {
        (x.ex() * m).unsqueeze::<1>().max_pool1d_with_indices_as(Pool::<3, 1>, Wide).0
    };
    grid_sample2d: input(3), |m, x, w| {
        let how = GridSample { mode: GridMode::Cubic, ..GridSample::default() };
        let grid = (m * 0.5).reshape((D::<1>, D::<3>, D::<2>, D::<2>));
        (x.ex() * w).reshape((D::<1>, D::<1>, D::<3>, D::<4>)).grid_sample2d(grid, how)
    };
    affine_grid2d: input(3), |m, x, _| {
        (x.ex() * m).reshape((D::<2>, D::<2>, D::<3>)).affine_grid2d((Wide(3), D::<2>), true)
    };
    group_norm: input(3), |m, x, _| (x.ex() * m).reshape((D::<1>, D::<6>, D::<2>)).group_norm::<2>(1e-3);
    instance_norm: input(3), |m, x, _| (x.ex() * m).unsqueeze::<0>().instance_norm(1e-3);
    unfold_as: input(3), |m, x, _| (x.ex() * m).unfold_as::<1, _, _>(D::<2>, 1, Wide);
    repeat_interleave_as: input(3), |m, x, _| (x.ex() * m).repeat_interleave_as::<0, _>(2, High);
    pad: input(3), |m, x, _| (x.ex() * m).pad::<1, 1, 2>(0.5);
    tile: input(3), |m, x, _| (x.ex() * m).tile::<0, 2>();
    stack: input(3), |m, x, w| [x.ex() * m, x.ex() * m].stack::<1>() * w.unsqueeze::<1>();
    cat: input(3), |m, x, _| [x.ex() * m, x.ex() * m].cat::<1>().tanh();
    unbind: input(3), |m, x, _| (x.ex() * m).with(|u| {
        let rows = u.unbind::<0>();
        let [a, b, c] = <[_; 3]>::try_from(rows).expect("three rows");
        a * b + c
    });
    split: input(3), |m, x, _| (x.ex() * m).with(|u| {
        let [a, b] = <[_; 2]>::try_from(u.split::<1, _>(D::<2>)).expect("two parts");
        a * b
    });
    split_at: input(3), |m, x, _| (x.ex() * m).with(|u| {
        let (a, b) = u.split_at::<1, 1>();
        a.ex() * b
    });
    chunk: input(3), |m, x, _| {
        let [a, b] = m.chunk::<1, 2>();
        let [c, d] = x.chunk::<1, 2>();
        (a * c).concat::<1, _>(b * d)
    };
    cast: input(3), |m, x, w| (x.ex() * m).cast::<f64>() * w;
    softmax: input(3), |m, x, _| (x.ex() * m).softmax() * m;
    softmax_axis: input(3), |m, x, _| (x.ex() * m).softmax_axis::<0>() * (x.ex() * m).log_softmax_axis::<0>();
    log_softmax: input(3), |m, x, w| (x.ex() * m).log_softmax() * w;
    layer_norm_of_rows: input(3), |m, x, w| (x.ex() * m).layer_norm(1e-5) * w;
    matmul: input(3), |m, x, w| x.matmul(m.t()).matmul(w);
    matmul_t: input(3), |m, x, w| x.matmul_t(m).matmul(w);
    attention: input(3), |m, x, w| (x.ex() * m).attention(m, w) * m.t().attention(x.t(), m.t()).t();
    attention_with: input(3), |m, x, w| w.attention_with(m, x.ex() * m, Attend::causal().scale(0.7));
    einsum: input(3), |m, x, w| einsum!("i j, k j, k l -> i l", x, m, w);
    gather: input(3), |m, x, _| m.gather(&Cpu.tensor([2i64, 0, 2])) * x;
    diagonal: input(3), |m, x, _| x.matmul_t(m).diagonal().diag_embed();
    triangles: input(3), |m, x, _| x.matmul_t(m).tril(0) * m.matmul_t(x).triu(0);
    roll: input(3), |m, x, _| x.roll::<1>(1) * m;
    pad_edges: input(3), |m, x, _| (x.ex() * m).pad_edges::<1, 1, 1>(congruent::ops::Edges::Reflect);
    unfold: input(3), |m, x, _| (x.ex() * m).unfold::<1, 2, 1>();
    repeat_interleave: input(3), |m, x, _| (x.ex() * m).repeat_interleave::<0, 2>();
    index_select: input(3), |m, x, _| m.index_select::<0>(&Cpu.tensor([2i64, 0, 2])) * x;
    take: input(3), |m, x, _| (x.ex() * m).take(&Cpu.tensor([11i64, 0, 2]));
    scatter_add: input(3), |m, x, w| (w * 1.0).index_add::<0>(&Cpu.tensor([2i64, 0, 2]), x.ex() * m);
    index_copy: input(3), |m, x, w| (w * 1.0).index_copy::<0>(&Cpu.tensor([2i64, 0, 1]), x.ex() * m);
    masked_fill: input(3), |m, x, w| (x.ex() * m).masked_fill(w.gt(0.7), 0.5);
    choose: input(3), |m, x, w| w.gt(0.7).where_(x.ex() * m, m * 2.0);
    sums: input(3), |m, x, w| (x.ex() * m).sum_keepdim::<0>() * (x.ex() * w).mean_axis::<1>().sum();
    extremes: input(3), |m, x, _| (x.ex() * m).max_axis::<0>() * (x.ex() * m).min();
    norms: input(3), |m, x, _| (x.ex() * m).logsumexp() * (x.ex() * m).square().mean().sqrt();
    products: input(3), |m, x, _| (x.ex() * m).prod_axis::<1>();
    deviations: input(3), |m, x, _| (x.ex() * m).var_axis::<1>(1) * (x.ex() * m).std(0);
    cumsum: input(3), |m, x, _| (x.ex() * m).cumsum_axis::<1>().tanh();
    cumprod: input(3), |m, x, _| (x.ex() * m).cumprod_axis::<1>();
    logcumsumexp: input(3), |m, x, _| (x.ex() * m).logcumsumexp_axis::<0>();
    cummax: input(3), |m, x, _| (x.ex() * m).cummax_axis::<1>() * (x.ex() * m).cummin_axis::<0>();
    diff: input(3), |m, x, _| (x.ex() * m).diff_axis::<1>();
    losses_of_pairs: input(3), |m, x, w| (x.ex() * m).mse(w) + (x.ex() * m).smooth_l1(w, 1.0);
    losses_of_labels: input(3), |m, x, _| (x.ex() * m).cross_entropy(&Cpu.tensor([3i64, 0, 1]));
    sorted: input(3), |m, x, _| (x.ex() * m).sort();
    interp: input(3), |m, x, _| {
        let points = Cpu.tensor_of::<f64, _>([0.0, 0.41, 0.83, 2.0]);
        (x.ex() * 1.0).interp(&points, m.select::<0>(1)) * m
    };
    polyval: input(3), |m, x, w| (x.ex() * m).polyval(w.select::<0>(0));
    central_diff: input(3), |m, x, _| {
        let places = Cpu.tensor_of::<f64, _>([0.0, 0.5, 2.0]);
        (x.ex() * m).central_diff::<1>(0.5) * (x.ex() * m).central_diff_at::<0>(&places)
    };
    covariances: input(3), |m, x, _| (x.ex() * m).cov(1) * (x.ex() * m).t().corrcoef().mean();
    quantiles: input(3), |m, x, _| (x.ex() * m).quantiles_axis::<0>([0.2, 0.7]) * (x.ex() * m).quantiles([0.6]).sum();
    segment_reduce: input(3), |m, x, _| {
        let ids = Cpu.tensor([1i64, 0, 1]);
        (x.ex() * m).segment_reduce::<0, _>(&ids, D::<2>, congruent::ops::ScatterReduce::Mean)
    };
    repeat_interleave_each: input(3), |m, x, _| {
        (x.ex() * m).repeat_interleave_each::<1>(&Cpu.tensor([2i64, 0, 1, 1]), Wide)
    };
    without_nan: input(3), |m, x, _| (x.ex() * m).nanvar_axis::<0>(1) * (x.ex() * m).nanmax_axis::<0>();
    cases: input(3), |m, x, w| {
        congruent::prelude::select(((w.gt(0.9), x.ex() * m), (w.gt(0.5), m * 2.0)), x.ex() * 3.0)
    };
    own_formula: input(3), |m, x, w| (x.ex() * m).swing() * w;
    three_operands: input(3), |m, x, w| x.ex().addcmul(m, w, 0.5);
}
