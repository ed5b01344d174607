"""What Python sees of the module: values, errors, who owns which memory. Run by scripts/python.sh."""

import gc
import json
import os
import struct
import tempfile
import unittest

import congruent_python as rust
import numpy as np

try:
    import torch
except ImportError:
    torch = None


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def weights(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    table, data = json.loads(data[8 : 8 + length]), data[8 + length :]
    parts = {name: entry for name, entry in table.items() if name != "__metadata__"}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in parts.items()
    }


def address(x):
    return x.__array_interface__["data"][0]


class Values(unittest.TestCase):
    def test_softmax_is_numpys(self):
        random = np.random.default_rng(1)
        for rows in [0, 1, 7, 17]:
            for columns in [1, 3, 64]:
                x = random.normal(size=(rows, columns)).astype("f4")
                y = rust.softmax(x)
                self.assertEqual((y.shape, y.dtype), (x.shape, x.dtype))
                np.testing.assert_allclose(y, softmax(x) if rows else x, rtol=1e-5)

    def test_halves_are_numpys(self):
        x = np.arange(1 << 16, dtype="u2").view("f2").reshape(256, 256)
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(rust.double_half(x), x + x)
            np.testing.assert_array_equal(rust.double_half(x[::-3, 1::2]), 2 * x[::-3, 1::2])
        with self.assertRaisesRegex(TypeError, "an array of float32, wanted float16"):
            rust.double_half(x.astype("f4"))
        with self.assertRaisesRegex(TypeError, "import ml_dtypes"):
            rust.double_bfloat(x)

    def test_any_strides_are_read(self):
        x = np.random.default_rng(2).normal(size=(12, 10)).astype("f4")
        for y in [x.T, x[::-1], x[::3, 1::2], np.asfortranarray(x), np.broadcast_to(x[:1], (5, 10)), x[:, ::-2]]:
            np.testing.assert_allclose(rust.softmax(y), softmax(y), rtol=1e-5)

    def test_a_saved_model_predicts_as_its_weights_say(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "net.safetensors")
            rust.save_model(path, 7)
            w = weights(path)
            x = np.random.default_rng(3).normal(size=(33, 4)).astype("f4")
            hidden = np.tanh(x @ w["hidden.weight"] + w["hidden.bias"])
            wanted = softmax(hidden @ w["scores.weight"] + w["scores.bias"])
            np.testing.assert_allclose(rust.predict(path, x), wanted, rtol=1e-5)
            with self.assertRaisesRegex(ValueError, r"shape \[33, 2\], the type wants \(Batch, Inputs\)"):
                rust.predict(path, x[:, :2])
            with self.assertRaisesRegex(OSError, "cannot read .*none.*No such file"):
                rust.predict(os.path.join(folder, "none"), x)
            with open(path, "wb") as file:
                file.write(b"cut")
            with self.assertRaisesRegex(ValueError, "cut short"):
                rust.predict(path, x)


class Memory(unittest.TestCase):
    def test_views_are_the_array_itself(self):
        x = np.arange(21.0).reshape(7, 3)
        self.assertEqual(rust.look(x), (address(x), 210.0))
        self.assertEqual(rust.look(x[2:5]), (address(x[2:5]), x[2:5].sum()))
        self.assertEqual(rust.look(np.zeros((0, 3)))[1], 0.0)

    def test_results_are_the_tensor_itself_and_outlive_it(self):
        arrays = [rust.count_up(n) for n in range(1, 200)]
        gc.collect()
        for n, (place, x) in enumerate(arrays, 1):
            self.assertEqual(address(x), place)
            np.testing.assert_array_equal(x, np.arange(n))
        part = arrays[-1][1][100:]
        del arrays, x
        gc.collect()
        [rust.count_up(199) for _ in range(100)]
        np.testing.assert_array_equal(part, np.arange(100, 199))
        self.assertTrue(part.flags.writeable)

    def test_shared_tensors_become_arrays_of_their_own(self):
        a, b = rust.twins(5)
        a[:] = 9
        np.testing.assert_array_equal(b, np.arange(5))

    def test_memory_is_freed(self):
        import resource

        for _ in range(50):
            rust.count_up(1_000_000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(500):
            rust.count_up(1_000_000)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 100_000)


class Lender:
    """An array of some other library: it has nothing but DLPack's two methods."""

    def __init__(self, array, refusal=None):
        self.array, self.refusal = array, refusal

    def __dlpack__(self, **options):
        if self.refusal:
            raise BufferError(self.refusal)
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Dlpack(unittest.TestCase):
    def test_memory_that_is_lent_is_read_in_place(self):
        x = np.arange(21.0).reshape(7, 3)
        self.assertEqual(rust.look(Lender(x)), (address(x), 210.0))
        self.assertEqual(rust.look(Lender(x[2:5])), (address(x[2:5]), x[2:5].sum()))
        y = np.random.default_rng(5).normal(size=(12, 10)).astype("f4")
        for view in [y.T, y[::3, 1::2], y[:0]]:
            np.testing.assert_allclose(rust.softmax(Lender(view)), softmax(view) if view.size else view, rtol=1e-5)

    def test_what_is_returned_can_be_lent_on(self):
        place, x = rust.count_up(17)
        lent = np.from_dlpack(Lender(x))
        self.assertEqual(address(lent), place)
        del x
        gc.collect()
        [rust.count_up(17) for _ in range(100)]
        np.testing.assert_array_equal(lent, np.arange(17))

    def test_what_cannot_be_lent(self):
        with self.assertRaisesRegex(TypeError, r"an array of float32, wanted float64"):
            rust.look(Lender(np.zeros((7, 3), "f4")))
        with self.assertRaisesRegex(BufferError, "on another device"):
            rust.look(Lender(np.zeros((7, 3)), refusal="on another device"))

    @unittest.skipUnless(torch, "PyTorch is not installed: its tensors were NOT tested")
    def test_tensors_of_pytorch_come_and_go(self):
        x = torch.arange(21.0, dtype=torch.float64).reshape(7, 3)
        self.assertEqual(rust.look(x), (x.data_ptr(), 210.0))
        place, y = rust.count_up(17)
        y = torch.from_dlpack(y)
        self.assertEqual((y.data_ptr(), y.dtype, y.sum().item()), (place, torch.int64, 136))
        with self.assertRaises((BufferError, RuntimeError)):
            rust.look(x.requires_grad_())


class Refusals(unittest.TestCase):
    def refused(self, kind, words, call, *args):
        with self.assertRaisesRegex(kind, words):
            call(*args)

    def test_shapes_are_value_errors_with_the_numbers(self):
        self.refused(ValueError, r"shape \[7, 2\], the type wants \(Batch, Classes\)", rust.look, np.zeros((7, 2)))
        self.refused(ValueError, r"shape \[3\], the type wants \(Batch, Classes\)", rust.look, np.zeros(3))
        self.refused(ValueError, r"shape \[\], the type wants", rust.softmax, np.zeros((), "f4"))

    def test_orders_that_cannot_be_read_in_place(self):
        words = r"strides of \[8, 56\] bytes for shape \[7, 3\] is not allowed, .*numpy.ascontiguousarray"
        self.refused(ValueError, words, rust.look, np.zeros((3, 7)).T)
        self.refused(ValueError, "C order", rust.look, np.zeros((14, 3))[::2])

    def test_types_are_type_errors(self):
        self.refused(TypeError, r"an array of float32, wanted float64: `x.astype", rust.look, np.zeros((7, 3), "f4"))
        self.refused(TypeError, "wanted float64", rust.look, np.zeros((7, 3), ">f8"))
        self.refused(TypeError, "wanted a numpy.ndarray of float64", rust.look, [[1.0, 2.0, 3.0]])

    def test_elements_that_are_no_rust_values(self):
        self.assertEqual(rust.count(np.array([True, False, True])), 2)
        self.refused(ValueError, "a bool of the array is 7", rust.count, np.array([0, 7, 1], "u1").view(bool))
        odd = np.zeros(7 * 3 * 8 + 1, "u1")[1:].view("f8").reshape(7, 3)
        self.refused(ValueError, "not aligned", rust.look, odd)

    def test_nobody_reads_what_is_written_to(self):
        x = np.ones((7, 3))
        self.refused(ValueError, "cannot be read now.*already borrowed", rust.while_writing, x, lambda: rust.look(x))
        self.assertEqual(x.sum(), 21.0)
        rust.while_writing(x, lambda: rust.look(np.ones((1, 3))))
        self.assertEqual(x.sum(), 42.0)
        self.assertEqual(rust.while_reading(x, lambda: rust.look(x)), 42.0)
        write = lambda: rust.while_writing(x, lambda: None)
        self.refused(TypeError, "already borrowed", rust.while_reading, x, write)
        self.refused(TypeError, "already borrowed", rust.while_writing, x, write)
        self.assertEqual((rust.look(x)[1], x.sum()), (42.0, 42.0))


if __name__ == "__main__":
    unittest.main()
