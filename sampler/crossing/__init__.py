"""Fair chances where cross quotas cross: leximin by HiGHS, and a committed lottery of panels."""
