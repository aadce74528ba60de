//! The health of experiments: arms as planned, effects that last, segments that agree.

use marketloop::experiment::{ExperimentError, ExperimentSums};
use marketloop::strategies::experiment_sums;
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_sample_ratio_has_the_units_of_each_arm(sums in experiment_sums()) {
        let ratio = sums.sample_ratio([0.5, 0.25, 0.25]).unwrap();
        for ((seen, share), (arm, planned)) in ratio.arms().iter().zip(sums.arms().iter().zip([0.5, 0.25, 0.25])) {
            prop_assert_eq!((*seen, *share), (sums.units(arm).unwrap(), planned));
        }
        let refused: fn(&ExperimentSums) -> _ = |sums| sums.sample_ratio([0.5, 0.5]);
        prop_assert_eq!(refused(&sums), Err(ExperimentError::SharesLength { expected: 3, actual: 2 }));
        prop_assert!(sums.sample_ratio([0.0; 3]).is_err() && sums.sample_ratio([-1.0, 1.0, 1.0]).is_err());
    }
}
