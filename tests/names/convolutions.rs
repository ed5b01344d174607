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
    "unfold, fold": "", "F.unfold | F.fold" => "",
        "not yet: as one function of images; along an axis there is `x.unfold::<I, SIZE, STEP>()`" {}
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
    "max_unpool": "", "F.max_unpool2d" => "", "not yet: the opposite of pooling by the largest element" {}
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
    "grid_sample": "", "F.grid_sample" => "", "not yet: pictures at given places" {}
}
