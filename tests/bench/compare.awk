# SPDX-License-Identifier: GPL-2.0-only
# A table of what each of several names added to "bare", from lines "NAME
# INSTRUCTIONS"; its status is 1 over the budget or without figures.
#
#   -v what=      heading          -v peer=     name to compare with
#   -v budget=    most that "module" may add, in instructions; or
#   -v share=     the same as a share of what the peer adds
#   -v least=     less than that added: the peer was not attached
$2 ~ /^[0-9.]+$/ {
	n[$1] = $2
	order[++names] = $1
}
END {
	if (!n["module"] || !n["bare"] || !n[peer]) {
		print "FAIL: figures are missing"
		exit 1
	}
	theirs = n[peer] - n["bare"]
	ours = n["module"] - n["bare"]
	printf "%-44s %9s %9s %7s\n", what, "total", "added", "ratio"
	for (i = 1; i <= names; i++)
		printf "%-44s %9.0f %9.0f %7.3f\n", order[i], n[order[i]], n[order[i]] - n["bare"],
			(n[order[i]] - n["bare"]) / theirs
	if (theirs < least) {
		print "FAIL: " peer " was not attached"
		exit 1
	}
	if (share)
		budget = share * theirs
	if (ours > budget) {
		printf "FAIL: %.0f is over the budget of %.0f\n", ours, budget
		exit 1
	}
	printf "within the budget of %.0f\n", budget
}
