usr/src/wordpress/wp-content/plugins/akismet/akismet.php
<?php
/**
 * @package Akismet
 */
/*
Plugin Name: Akismet Anti-spam
Version: 5.3
License: GPLv2 or later
*/
