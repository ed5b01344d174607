//! Rows of convolutions, pooling and images.
//!
//! Apart from `layers`: these are PyTorch's functions.

rows! {
    "conv/pool";
    given {
        use congruent::prelude::*;
        let x = Cpu.from_fn((D::<1>, D::<2>, D::<4>, D::<4>), |i| i as f32);
        let weight = Cpu.ones::<Shape![3, 2, 3, 3]>();
    }
    "conv1d": "np.convolve(x, w[::-1], \"valid\")", "F.conv1d(x, w, stride=2, padding=1)" =>
        "line.conv1d(&w, Filter::<3, 2, 1>)",
        "size, stride, padding, dilation, in PyTorch's order; sizes are computed by the compiler" {
        let (line, w) = (Cpu.tensor([[[1.0, 2.0, 3.0, 4.0]]]), Cpu.tensor([[[1.0, 1.0, 1.0]]]));
        assert_eq!(line.conv1d(&w, Filter::<3, 2, 1>).eval(), Cpu.tensor([[[3.0, 9.0]]]));
    }
    "conv2d": "", "F.conv2d(x, w, padding=1)" => "x.conv2d(&weight, Filter::<3, 1, 1>)",
        "`padding=\"same\"` is `Same::<3>`; sizes of the run are named: `x.conv2d_as(&weight, filter, Down, Across)`" {
        assert_eq!(x.conv2d(&weight, Filter::<3, 1, 1>).eval(), x.conv2d(&weight, Same::<3>).eval());
        dims! { Down = ?, Across = ? }
        assert_eq!(x.conv2d_as(&weight, Filter::<3>, Down, Across).shape(), (D::<1>, D::<3>, Down(2), Across(2)));
    }
    "conv3d": "", "F.conv3d(x, w)" => "x.conv3d(&weight, Filter::<2>)", "" {
        let (x, weight) = (Cpu.ones::<Shape![1, 2, 3, 3, 3]>(), Cpu.ones::<Shape![4, 2, 2, 2, 2]>());
        assert_eq!(x.conv3d(&weight, Filter::<2>).eval().as_slice()[0], 16.0);
    }
    "grouped, depthwise": "", "F.conv2d(x, w, groups=2)" => "x.conv2d(&each, Groups::<_, 2>(Filter::<3>))", "" {
        let each = Cpu.ones::<Shape![2, 1, 3, 3]>();
        assert_eq!(x.conv2d(&each, Groups::<_, 2>(Filter::<3>)).eval().as_slice()[0], 45.0);
    }
    "dilated": "", "F.conv2d(x, w, dilation=2)" => "x.conv2d(&weight, Filter::<3, 1, 1, 2>)", "" {
        assert_eq!(x.conv2d(&weight, Filter::<3, 1, 1, 2>).shape(), (D::<1>, D::<3>, D::<2>, D::<2>));
    }
    "fft": "np.fft.fft | np.fft.rfft", "torch.fft" => "", "not yet: Fourier transforms, which need complex numbers" {}
    "transposed 1d, transposed 2d, transposed 3d": "", "F.conv_transpose2d(x, w, stride=2)" =>
        "x.conv_transpose2d(&back, TransposedFilter::<2, 2>)",
        "size, stride, padding, output padding, dilation, in PyTorch's order; also `conv_transpose1d`, `.._3d`" {
        let back = Cpu.ones::<Shape![2, 5, 2, 2]>();
        assert_eq!(x.conv_transpose2d(&back, TransposedFilter::<2, 2>).shape(), (D::<1>, D::<5>, D::<8>, D::<8>));
    }
    "deform": "", "torchvision.ops.deform_conv2d" => "", "not yet: deformable convolutions" {}
    "unfold": "", "F.unfold(x, 3, padding=1) | nn.Unfold" => "x.unfold2d(Filter::<3, 1, 1>)",
        "size, stride, padding, dilation in the order of convolutions; along an axis: `x.unfold::<I, SIZE, STEP>()`" {
        assert_eq!(x.unfold2d(Filter::<3, 1, 1>).shape(), (D::<1>, D::<18>, D::<16>));
        assert_eq!(x.unfold2d(Filter::<2, 2>).eval().as_slice()[..4], [0.0, 2.0, 8.0, 10.0]);
        dims! { Patches = ? }
        assert_eq!(x.unfold2d_as(Filter::<3>, Patches).shape(), (D::<1>, D::<18>, Patches(4)));
    }
    "fold": "", "F.fold(y, (4, 4), 2) | nn.Fold" => "patches.fold2d((D::<4>, D::<4>), Filter::<2>)",
        "the sizes are those of the picture; also `fold1d`, `fold3d`, and `unfold1d`, `unfold3d`" {
        let patches = Cpu.ones::<Shape![1, 4, 9]>();
        let y = patches.fold2d((D::<4>, D::<4>), Filter::<2>).eval();
        assert_eq!(y.as_slice()[..6], [1.0, 2.0, 2.0, 1.0, 2.0, 4.0]);
    }
    "max pool": "", "F.max_pool2d(x, 2)" => "x.max_pool2d(Pool::<2>)",
        "size, stride (the size where left out), padding, dilation; also `max_pool1d`, `max_pool3d`" {
        assert_eq!(x.max_pool2d(Pool::<2>).eval().as_slice()[..4], [5.0, 7.0, 13.0, 15.0]);
    }
    "avg pool": "", "F.avg_pool2d(x, 3, 2, 1)" => "x.avg_pool2d(Pool::<3, 2, 1>)",
        "zeros around the picture count, as `count_include_pad` says" {
        assert_eq!(x.avg_pool2d(Pool::<3, 2, 1>).eval().as_slice()[0], 10.0 / 9.0);
    }
    "min pool": "", "-F.max_pool2d(-x, 2)" => "-(-&x).max_pool2d(Pool::<2>)", "" {
        assert_eq!((-(-&x).max_pool2d(Pool::<2>)).eval().as_slice()[..2], [0.0, 2.0]);
    }
    "global pool": "", "F.adaptive_avg_pool2d(x, 1).flatten(1)" => "x.mean_axes::<Axes![-2, -1]>()",
        "with the axes kept: `mean_axes_keepdim`" {
        assert_eq!(x.mean_axes::<Axes![-2, -1]>().eval(), Cpu.tensor([[7.5, 23.5]]));
    }
    "adaptive pool": "", "F.adaptive_avg_pool2d(x, (3, 2)) | F.adaptive_max_pool2d(x, (3, 2))" =>
        "x.adaptive_avg_pool2d((D::<3>, D::<2>))", "dims of the run, too: `(Rows(3), Columns(2))`" {
        assert_eq!(x.adaptive_avg_pool2d((D::<3>, D::<2>)).eval().as_slice()[..2], [2.5, 4.5]);
        assert_eq!(x.adaptive_max_pool2d((D::<3>, D::<2>)).eval().as_slice()[..2], [5.0, 7.0]);
    }
    "lp pool": "", "F.lp_pool2d(x, 2, 2)" => "x.lp_pool2d(2.0, Pool::<2>)",
        "of absolute values, also where the power is odd" {
        assert_eq!(x.lp_pool2d(2.0, Pool::<2>).eval().as_slice()[0], 42f32.sqrt());
    }
    "max pool with indices": "", "F.max_pool2d(x, 2, return_indices=True)" =>
        "x.max_pool2d_with_indices(Pool::<2>)", "indices are of one channel, as PyTorch's" {
        let (y, indices) = x.max_pool2d_with_indices(Pool::<2>);
        assert_eq!((y.eval(), indices.as_slice()[..4].to_vec()), (x.max_pool2d(Pool::<2>).eval(), vec![5, 7, 13, 15]));
    }
    "max_unpool": "", "F.max_unpool2d(y, indices, 2)" => "y.max_unpool2d(&indices, (D::<4>, D::<4>))",
        "the size is an argument, `output_size`; of two elements at one index the last stays" {
        let (y, indices) = x.max_pool2d_with_indices(Pool::<2>);
        let back = y.max_unpool2d(&indices, (D::<4>, D::<4>)).eval();
        assert_eq!(back.as_slice()[4..8], [0.0, 5.0, 0.0, 7.0]);
    }
    "interpolate nearest": "", "F.interpolate(x, size=(8, 8))" =>
        "x.interpolate2d((D::<8>, D::<8>), Resample::Nearest)", "the size is the type's, or that of run-time dims" {
        let y = x.interpolate2d((D::<8>, D::<8>), Resample::Nearest).eval();
        assert_eq!(y.as_slice()[..4], [0.0, 0.0, 1.0, 1.0]);
    }
    "interpolate bilinear": "", "F.interpolate(x, size=(8, 8), mode=\"bilinear\")" =>
        "x.interpolate2d((D::<8>, D::<8>), Resample::Multilinear { align_corners: false })",
        "over one axis linear, over three trilinear: `interpolate1d`, `interpolate3d`" {
        let y = x.interpolate2d((D::<8>, D::<8>), Resample::Multilinear { align_corners: false }).eval();
        assert_eq!(y.as_slice()[..3], [0.0, 0.25, 0.75]);
    }
    "interpolate bicubic": "", "F.interpolate(x, size=(8, 8), mode=\"bicubic\")" =>
        "x.interpolate2d((D::<8>, D::<8>), Resample::Cubic { align_corners: false })", "" {
        let y = x.interpolate2d((D::<8>, D::<8>), Resample::Cubic { align_corners: false }).eval();
        assert_eq!(y.as_slice()[0], -0.52734375);
    }
    "grid_sample": "", "F.grid_sample(x, grid) | F.grid_sample(x, grid, padding_mode=\"border\")" =>
        "x.grid_sample2d(&grid, GridSample::default())",
        "`GridSample { mode, padding, align_corners }`, by default bilinear between zeros; also `grid_sample3d`" {
        use congruent::ops::{GridPadding, GridSample};
        let grid = Cpu.tensor([[[[0.0, 0.0], [-1.0, -1.0]]]]);
        assert_eq!(x.grid_sample2d(&grid, GridSample::default()).eval().as_slice()[0], 7.5);
        let border = GridSample { padding: GridPadding::Border, ..GridSample::default() };
        assert_eq!(x.grid_sample2d(&grid, border).eval().as_slice()[..2], [7.5, 0.0]);
    }
    "affine_grid": "", "F.affine_grid(theta, (1, 2, 4, 4))" => "theta.affine_grid2d((D::<4>, D::<4>), false)",
        "the last argument is `align_corners`; also `affine_grid3d`" {
        use congruent::ops::GridSample;
        let theta = Cpu.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]);
        let grid = theta.affine_grid2d((D::<4>, D::<4>), false);
        assert_eq!(x.grid_sample2d(grid, GridSample::default()).eval(), x);
    }
}
