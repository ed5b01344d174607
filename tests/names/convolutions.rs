//! Rows of convolutions, pooling and images, which are not there yet.
//!
//! Apart from `layers`: these are PyTorch's functions.

rows! {
    "conv/pool";
    "conv1d, conv2d, conv3d": "np.convolve", "F.conv1d | F.conv2d | F.conv3d" => "", "not yet: convolutions" {}
    "fft": "np.fft.fft | np.fft.rfft", "torch.fft" => "", "not yet: Fourier transforms, which need complex numbers" {}
    "transposed 1d, transposed 2d, transposed 3d": "", "F.conv_transpose2d" => "", "not yet: convolutions" {}
    "grouped, dilated, depthwise, deform": "", "F.conv2d(.., groups, dilation) | torchvision.ops.deform_conv2d" => "",
        "not yet: convolutions" {}
    "unfold, fold": "", "F.unfold | F.fold" => "",
        "not yet: as one function of images; along an axis there is `x.unfold::<I, SIZE, STEP>()`" {}
    "avg pool, max pool, min pool, lp pool": "", "F.avg_pool2d | F.max_pool2d | F.lp_pool2d" =>
        "",
        "not yet: pooling; windows that do not overlap are `reduce!(&x, max, \"(h a) (w b) -> h w\", a = D::<2>, b = \
         D::<2>)`" {}
    "adaptive pool, global pool, max_unpool": "", "F.adaptive_avg_pool2d | F.max_unpool2d" => "",
        "not yet: pooling; the global one is `x.mean_axes::<Axes![-2, -1]>()`" {}
    "interpolate nearest, interpolate bilinear, interpolate bicubic, grid_sample":
        "", "F.interpolate | F.grid_sample" =>
        "",
        "not yet: images" {}
}
