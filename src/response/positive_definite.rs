//! Systems of at most four equations with a positive definite matrix.

/// One number per parameter; those beyond the number of parameters are 0.
pub(super) type Vector = [f64; 4];

/// A symmetric matrix; a row and column without use have 1 on the diagonal and else 0.
pub(super) type Matrix = [Vector; 4];

/// The least pivot, relative to the diagonal, of a matrix that counts as positive definite.
const LEAST_PIVOT: f64 = 1e-13;

/// A matrix scaled to a diagonal of 1 and factored into `L L^T` (Cholesky).
#[derive(Debug)]
pub(super) struct Factor {
    lower: Matrix,
    scales: Vector,
}

impl Factor {
    /// `None` where the matrix is not positive definite, as far as floats can tell.
    #[expect(clippy::indexing_slicing, reason = "all indices are below 4, the size of the arrays")]
    pub(super) fn new(matrix: &Matrix) -> Option<Self> {
        let mut scales = [0.0; 4];
        for i in 0..4 {
            scales[i] = 1.0 / libm::sqrt(matrix[i][i]);
            if !scales[i].is_finite() || scales[i] <= 0.0 {
                return None;
            }
        }
        let mut lower = [[0.0; 4]; 4];
        for i in 0..4 {
            for j in 0..=i {
                let product: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
                let rest = matrix[i][j] * scales[i] * scales[j] - product;
                if i != j {
                    lower[i][j] = rest / lower[j][j];
                } else if rest > LEAST_PIVOT {
                    lower[i][i] = libm::sqrt(rest);
                } else {
                    return None;
                }
            }
        }
        Some(Self { lower, scales })
    }

    /// The `x` with `A x = right`.
    #[expect(clippy::indexing_slicing, reason = "all indices are below 4, the size of the arrays")]
    pub(super) fn solve(&self, right: &Vector) -> Vector {
        let mut x = [0.0; 4];
        for i in 0..4 {
            let product: f64 = (0..i).map(|k| self.lower[i][k] * x[k]).sum();
            x[i] = (right[i] * self.scales[i] - product) / self.lower[i][i];
        }
        for i in (0..4).rev() {
            let product: f64 = (i..4).skip(1).map(|k| self.lower[k][i] * x[k]).sum();
            x[i] = (x[i] - product) / self.lower[i][i];
        }
        for (x, scale) in x.iter_mut().zip(self.scales) {
            *x *= scale;
        }
        x
    }
}

/// The sum of the products.
pub(super) fn dot(left: &Vector, right: &Vector) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system_and_refuses_a_singular_one() {
        let matrix = [[4.0, 2.0, 0.0, 1.0], [2.0, 5.0, 1.0, 0.0], [0.0, 1.0, 3.0, 1.0], [1.0, 0.0, 1.0, 2.0]];
        let x = [1.0, -2.0, 3.0, 0.5];
        let right = matrix.map(|row| dot(&row, &x));
        let found = Factor::new(&matrix).unwrap().solve(&right);
        assert_eq!(found.len(), x.len());
        assert!(found.iter().zip(&x).all(|(found, x)| (found - x).abs() < 1e-14), "{found:?}");
        let singular =
            [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
        assert!(Factor::new(&singular).is_none());
        assert!(Factor::new(&[[f64::NAN; 4]; 4]).is_none());
        assert!(Factor::new(&[[0.0; 4]; 4]).is_none());
    }
}
